import type { CallRule } from './callRule.ts';

/**
 * Every turn that ends with words is taken, or ignored with a reason. A taken turn is answered by a reply that was heard, finished,
 * failed, or was stopped by a control or the end of the call; a cancelled reply does not count. Every line given to the agent is spoken.
 */
export const turnAnswers: CallRule = (report, settings) => {
  const undecided = new Map<string, number>();
  const taken = new Set<string>();
  const answering = new Set<number>();
  const paused = new Set<number>();
  let failed = false;
  let lines = 0;
  let pending: { readonly turn: string; readonly id: number; readonly at: number; readonly left?: boolean } | undefined;

  return {
    onEvent(event) {
      const { id } = event;
      switch (event.type) {
        case 'EndOfTurn':
          undecided.set(event.turn, id);
          break;
        case 'TurnIgnored':
          undecided.delete(event.turn);
          break;
        case 'TurnTaken':
          undecided.delete(event.turn);
          taken.add(event.turn);
          pending = { turn: event.turn, id, at: event.at };
          break;
        case 'ReplyStarted':
          if (event.turn === undefined) break;
          if (!taken.has(event.turn))
            report('unsettled', `Reply ${event.reply} answers turn ${event.turn}, which was not taken.`, id);
          else if (!pending) report('twice', `Reply ${event.reply} answers turn ${event.turn} a second time.`, id);
          answering.add(event.reply);
          break;
        case 'SpeechPaused':
          paused.add(event.reply);
          break;
        case 'SpeechResumed':
          paused.delete(event.reply);
          break;
        case 'Failure':
          failed = event.stage === 'play';
          break;
        case 'ReplyEnded': {
          const given = event.heard !== '' || !event.interrupted || settings.isDismissed(event.at) || failed;
          const left = paused.delete(event.reply) && settings.isClosing(event); // paused speech does not resume then
          if (!answering.delete(event.reply)) lines += given || left ? 1 : 0;
          else if (given) pending = undefined;
          else if (pending && left) pending = { ...pending, left };
          failed = false;
          break;
        }
        default:
      }
    },
    onClosed() {
      if (settings.hungUpAt < Infinity) return;
      if (lines < settings.lines)
        report('unsaid', `Lines that the agent was given and did not speak: ${settings.lines - lines}.`);
      for (const [turn, id] of undecided) report('unanswered', `Turn ${turn} is neither answered nor ignored.`, id);
      if (pending && !pending.left && !settings.isDismissedSince(pending.at))
        report('unanswered', `Turn ${pending.turn} was taken and never answered.`, pending.id);
    },
  };
};
