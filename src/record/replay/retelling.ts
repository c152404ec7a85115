import type { Frame } from '../../wire/wire.ts';
import { isSaid, type Fields } from '../tune/turnReading.ts';
import { messageOf, Teller, type Retold } from '../tune/thresholds.ts';
import type { TurnThresholds } from '../tune/turnMachine.ts';

/** A connection of Flux, told anew. */
export interface Retelling {
  /** What it says now in the place of a frame. */
  readonly told: (frame: Frame) => readonly Frame[];
  /** What it says to a `ForceEndTurn` that the recording does not answer. */
  readonly forced: () => readonly Frame[];
}

/** Hears of turns that are not as they were recorded. `assumed`: that rests on more than the recording tells. */
export type HearRetold = (turn: string, assumed: boolean) => void;

/**
 * The connections of a recording as Flux would have told them with other thresholds (`thresholds`), frame by frame. What it would
 * have told no differently is the frame that was recorded.
 */
export function retelling(thresholds: TurnThresholds, hear: HearRetold): (connection: number) => Retelling {
  return (connection) => {
    const teller = new Teller(thresholds);
    const tell = (message: Retold): Frame => {
      if (message.type === 'TurnInfo' && isSaid(message.transcript))
        hear(`${connection}:${message.turn_index}`, message.assumed === true && message.event !== 'Update');
      return JSON.stringify(message);
    };
    return {
      told: (frame) => {
        const recorded = messageOf(frame);
        const messages = teller.see(frame);
        const [message] = messages;
        if (messages.length !== 1 || !message || !saysTheSame(message, recorded)) return messages.map(tell);
        return [message.type !== 'TurnInfo' || message.turn_index === recorded?.['turn_index'] ? frame : JSON.stringify(message)];
      },
      forced: () => teller.force().map(tell),
    };
  };
}

/** Whether a recorded message says the same of its turn, whatever the number of that is. */
function saysTheSame(message: Retold, recorded: Fields | undefined): boolean {
  if (message.type !== 'TurnInfo') return true;
  const { event, transcript = '', trigger = message.trigger } = recorded ?? {};
  return message.event === event && message.transcript === transcript && message.trigger === trigger;
}
