import type { Rule } from './callRule.ts';

/**
 * Every turn that ended with words is taken, or ignored with a reason. What was taken is answered by a reply that was heard, that
 * came to its end, that somebody stopped, that broke or that the end of the call cut; one that was cancelled unheard is none.
 */
export const answers: Rule = (tell, told) => {
  const undecided = new Map<string, number>();
  const taken = new Set<string>();
  const answering = new Set<number>();
  const paused = new Set<number>();
  let broke = false;
  let said = 0;
  let owed: { readonly turn: string; readonly id: number; readonly at: number; readonly left?: boolean } | undefined;

  return {
    see(event) {
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
          owed = { turn: event.turn, id, at: event.at };
          break;
        case 'ReplyStarted':
          if (event.turn === undefined) break;
          if (!taken.has(event.turn))
            tell('unsettled', `Reply ${event.reply} answers turn ${event.turn}, which was not taken.`, id);
          else if (!owed) tell('twice', `Reply ${event.reply} answers turn ${event.turn} once more.`, id);
          answering.add(event.reply);
          break;
        case 'SpeechPaused':
          paused.add(event.reply);
          break;
        case 'SpeechResumed':
          paused.delete(event.reply);
          break;
        case 'Failure':
          broke = event.stage === 'play';
          break;
        case 'ReplyEnded': {
          const given = event.heard !== '' || !event.interrupted || told.dismissed(event.at) || broke;
          const left = paused.delete(event.reply) && told.isClosing(event); // speech does not go on then
          if (!answering.delete(event.reply)) said += given || left ? 1 : 0;
          else if (given) owed = undefined;
          else if (owed && left) owed = { ...owed, left };
          broke = false;
          break;
        }
        default:
      }
    },
    closed() {
      if (told.hungUpAt < Infinity) return;
      if (said < told.says) tell('unsaid', `${told.says - said} of what it was told to say was not said.`);
      for (const [turn, id] of undecided) tell('unanswered', `Turn ${turn} is neither answered nor ignored.`, id);
      if (owed && !owed.left && !told.dismissedSince(owed.at))
        tell('unanswered', `Turn ${owed.turn} was taken and never answered.`, owed.id);
    },
  };
};
