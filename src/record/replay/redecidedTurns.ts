import type { JsonObject } from '../../../operators/core/json.ts';
import { isBlank, type TurnThresholds } from '../../flux/turnMachine.ts';
import type { Frame } from '../../wire/wire.ts';
import { messageOf } from '../messageOf.ts';
import { MessageRedecider, type RedecidedMessage } from '../tune/messageRedecider.ts';

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
    const redecider = new MessageRedecider(thresholds);
    const changed = (message: RedecidedMessage): Frame => {
      if (message.type === 'TurnInfo' && !isBlank(message.transcript))
        onChange(`${connection}:${message.turn_index}`, message.assumed === true && message.event !== 'Update');
      return JSON.stringify(message);
    };
    return {
      replace: (frame) => {
        const recorded = messageOf(frame);
        const messages = redecider.redecide(frame);
        const [message] = messages;
        if (messages.length !== 1 || !message || !isSameTurn(message, recorded)) return messages.map(changed);
        return [message.type !== 'TurnInfo' || message.turn_index === recorded?.['turn_index'] ? frame : JSON.stringify(message)];
      },
      force: () => redecider.forceEnd().map(changed),
    };
  };
}

/** Whether a message equals the recorded one but for the number of its turn. */
function isSameTurn(message: RedecidedMessage, recorded: JsonObject | undefined): boolean {
  if (message.type !== 'TurnInfo') return true;
  const { event, transcript = '', trigger = message.trigger } = recorded ?? {};
  return message.event === event && message.transcript === transcript && message.trigger === trigger;
}
