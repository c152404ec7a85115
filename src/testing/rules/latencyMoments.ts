import { Recent } from '../../../operators/core/recent.ts';
import type { AgentEvent, Latency } from '../../../operators/events.ts';
import type { CallRule } from './callRule.ts';

type Moments = Pick<Latency, 'eager' | 'endOfTurn' | 'firstToken' | 'firstAudio' | 'firstSound'>;

const none: Moments = { eager: null, endOfTurn: null, firstToken: null, firstAudio: null, firstSound: null };

const momentOf: Partial<Record<AgentEvent['type'], keyof Moments>> = {
  Token: 'firstToken',
  AudioStarted: 'firstAudio',
  SpeechStarted: 'firstSound',
};

/** The times in a `Latency` are the times of the events of its turn and its reply. */
export const latencyMoments: CallRule = (report) => {
  const turns = new Recent<string, Pick<Moments, 'eager' | 'endOfTurn'>>();
  const replies = new Recent<number, Moments>();

  return {
    onEvent(event) {
      const { at, id, type } = event;
      if (type === 'EagerEndOfTurn') turns.set(event.turn, { eager: at, endOfTurn: null });
      if (type === 'EndOfTurn') turns.set(event.turn, { eager: turns.get(event.turn)?.eager ?? null, endOfTurn: at });
      if (!('reply' in event)) return;
      const { reply } = event;
      const known = replies.get(reply);
      if (type === 'DraftStarted') replies.set(reply, { ...none, eager: turns.get(event.turn)?.eager ?? null });
      if (type === 'ReplyStarted')
        replies.set(reply, { ...none, ...(event.drafted && known), endOfTurn: turns.get(event.turn ?? '')?.endOfTurn ?? null });
      if (!known) return;
      const moment = momentOf[type];
      if (moment && known[moment] === null) replies.set(reply, { ...known, [moment]: at });
      if (type !== 'Latency') return;
      for (const moment of Object.keys(none) as (keyof Moments)[])
        if (known[moment] !== event[moment])
          report('latency', `${moment} of reply ${reply} is ${event[moment]}, but its event was at ${known[moment]}.`, id);
    },
  };
};
