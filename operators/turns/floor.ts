import type { CueEvent, CallEvent, HangUp, ListenEvent, Say, TurnIgnored, TurnsOver, TurnTaken } from '../events.ts';

/** Who holds the floor on the agent's side, and what is being said. */
export interface Floor {
  /** Nobody, a reply of which nothing is audible yet, or one that is heard. */
  readonly held: 'nobody' | 'thinking' | 'speaking';
  /** What the reply says, or the last one said, as far as it was handed to speech. */
  readonly saying: string;
  /** Whether it sounds, or a word of it was heard. */
  readonly heard: boolean;
}

/** Nobody speaks, and nobody has spoken. */
export const freeFloor: Floor = { held: 'nobody', saying: '', heard: false };

/** The floor after an event of the call. */
export function floorAfter(floor: Floor, event: CallEvent): Floor {
  switch (event.type) {
    case 'DraftStarted':
      return { ...floor, saying: '' };
    case 'ReplyStarted':
      return { held: 'thinking', saying: event.drafted ? floor.saying : '', heard: false };
    case 'SpeechStarted':
      return { ...floor, held: 'speaking', heard: true };
    case 'Sentence':
      return { ...floor, saying: `${floor.saying} ${event.text}` };
    case 'ReplyEnded':
      return { ...floor, held: 'nobody', heard: event.heard !== '' };
    default:
      return floor;
  }
}

/** What a listener says and what the agent is told, before the policy; and after it. */
export type BargeInInput = ListenEvent | TurnIgnored | Say | HangUp | CueEvent | TurnsOver;
export type BargeInOutput = Exclude<BargeInInput, HangUp | TurnsOver> | TurnTaken;
