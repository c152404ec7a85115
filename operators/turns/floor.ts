import type { CueEvent, CallEvent, HangUp, ListenEvent, Say, TurnIgnored, TurnsOver, TurnTaken } from '../events.ts';

/** Who is speaking on the agent's side, and which words. */
export interface Floor {
  /** `thinking`: a reply of which nothing is audible yet. `speaking`: an audible one. */
  readonly held: 'nobody' | 'thinking' | 'speaking';
  /** The text handed to speech by the current reply, or by the last one. */
  readonly saying: string;
  /** The reply is audible, or a word of it was heard. */
  readonly heard: boolean;
}

/** The floor at the start of a call. */
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

/** The input of `bargeIn`: turn events and controls. */
export type BargeInInput = ListenEvent | TurnIgnored | Say | HangUp | CueEvent | TurnsOver;
/** The output of `bargeIn`: the events that passed, `TurnTaken`, and cues for the current reply. */
export type BargeInOutput = Exclude<BargeInInput, HangUp | TurnsOver> | TurnTaken;
