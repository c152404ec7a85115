import type { Frame } from '../../wire/wire.ts';
import { isSaid, type Fields } from '../tune/turnReading.ts';
import { messageOf, Teller, type Retold } from '../tune/thresholds.ts';
import type { TurnThresholds } from '../tune/turnMachine.ts';

/** The turns of one connection of Flux, decided anew with other thresholds. */
export interface RedecidedTurns {
  /** The frames in place of a recorded frame. */
  readonly replace: (frame: Frame) => readonly Frame[];
  /** The answer to a `ForceEndTurn` that the recording does not have. */
  readonly force: () => readonly Frame[];
}

/**
 * Decides the turns of a recording anew, connection by connection (`thresholds`). A message that stays the same is the recorded frame.
 * `onChange` is called for each turn that differs; `assumed`: the recording does not contain enough to be certain.
 */
export function redecidedTurns(
  thresholds: TurnThresholds,
  onChange: (turn: string, assumed: boolean) => void,
): (connection: number) => RedecidedTurns {
  return (connection) => {
    const teller = new Teller(thresholds);
    const changed = (message: Retold): Frame => {
      if (message.type === 'TurnInfo' && isSaid(message.transcript))
        onChange(`${connection}:${message.turn_index}`, message.assumed === true && message.event !== 'Update');
      return JSON.stringify(message);
    };
    return {
      replace: (frame) => {
        const recorded = messageOf(frame);
        const messages = teller.see(frame);
        const [message] = messages;
        if (messages.length !== 1 || !message || !isSameTurn(message, recorded)) return messages.map(changed);
        return [message.type !== 'TurnInfo' || message.turn_index === recorded?.['turn_index'] ? frame : JSON.stringify(message)];
      },
      force: () => teller.force().map(changed),
    };
  };
}

/** Whether a message equals the recorded one but for the number of its turn. */
function isSameTurn(message: Retold, recorded: Fields | undefined): boolean {
  if (message.type !== 'TurnInfo') return true;
  const { event, transcript = '', trigger = message.trigger } = recorded ?? {};
  return message.event === event && message.transcript === transcript && message.trigger === trigger;
}
