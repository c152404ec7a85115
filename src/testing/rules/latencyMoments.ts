import type { Latency } from '../../../operators/events.ts';
import { Recent } from '../../../operators/core/recent.ts';
import type { Rule } from './callRule.ts';

type Moments = Pick<Latency, 'eager' | 'endOfTurn' | 'firstToken' | 'firstAudio' | 'firstSound'>;

const none: Moments = { eager: null, endOfTurn: null, firstToken: null, firstAudio: null, firstSound: null };

/** The moments of a `Latency` are those of the events it sums up, of its own turn and reply and of no other. */
export const moments: Rule = (tell) => {
  const turns = new Recent<string, { eager: number | null; endOfTurn: number | null }>();
  const replies = new Recent<number, Moments>();
  const first = (reply: number, moment: keyof Moments, at: number) => {
    const known = replies.get(reply);
    if (known?.[moment] === null) replies.set(reply, { ...known, [moment]: at });
  };

  return {
    see(event) {
      const { at, id } = event;
      switch (event.type) {
        case 'EagerEndOfTurn':
          turns.set(event.turn, { eager: at, endOfTurn: null });
          break;
        case 'EndOfTurn':
          turns.set(event.turn, { eager: turns.get(event.turn)?.eager ?? null, endOfTurn: at });
          break;
        case 'DraftStarted':
          replies.set(event.reply, { ...none, eager: turns.get(event.turn)?.eager ?? null });
          break;
        case 'ReplyStarted': {
          const drafted = event.drafted ? replies.get(event.reply) : undefined;
          const turn = event.turn === undefined ? undefined : turns.get(event.turn);
          replies.set(event.reply, { ...none, ...drafted, endOfTurn: turn?.endOfTurn ?? null });
          break;
        }
        case 'Token':
          first(event.reply, 'firstToken', at);
          break;
        case 'AudioStarted':
          first(event.reply, 'firstAudio', at);
          break;
        case 'SpeechStarted':
          first(event.reply, 'firstSound', at);
          break;
        case 'Latency': {
          const known = replies.get(event.reply);
          for (const moment of Object.keys(none) as (keyof Moments)[])
            if (known && known[moment] !== event[moment])
              tell('latency', `${moment} of reply ${event.reply} is ${event[moment]}, but it was ${known[moment]}.`, id);
          break;
        }
        default:
      }
    },
  };
};
