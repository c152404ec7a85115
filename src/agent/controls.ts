import { concatMap, defer, startWith, type OperatorFunction } from 'rxjs';
import { hasWords } from '../../operators/turns/equivalent.ts';
import type { Configure, ForceEndTurn, ListenEvent, Say, TurnEvent, TurnIgnored } from '../../operators/events.ts';
import type { BargeInInput } from '../../operators/turns/floor.ts';
import { isTurnEvent } from '../../operators/turns/orderly.ts';
import { wordsIn } from '../../operators/speech/wordEnds.ts';
import type { AgentOptions, Control } from './options.ts';

/** The controls for the recogniser. */
export function toInput(): OperatorFunction<Control, Configure | ForceEndTurn> {
  return concatMap((control): readonly (Configure | ForceEndTurn)[] => {
    if ('forceEndTurn' in control) return [{ type: 'ForceEndTurn' }];
    return 'configure' in control ? [{ type: 'Configure', ...control.configure }] : [];
  });
}

/** The controls for `bargeIn`, after the greeting. Each `Say` and each typed turn gets the next free turn name. */
export function toBargeIn(greeting: AgentOptions['greeting']): OperatorFunction<Control, BargeInInput> {
  return (controls) =>
    defer(() => {
      let says = 0;
      let texts = 0;
      const say = (text: string, protect = false): Say => ({ type: 'Say', turn: `say:${says++}`, text, protect });
      const first = typeof greeting === 'string' ? [say(greeting)] : greeting ? [say(greeting.text, greeting.protect)] : [];

      return controls.pipe(
        concatMap((control): readonly BargeInInput[] => {
          if ('say' in control) return hasWords(control.say) ? [say(control.say, control.protect)] : [];
          if ('text' in control) return [typed(control.text, `text:${texts++}`)];
          if ('interrupt' in control) return [{ type: 'Cue', cue: 'cut' }];
          return 'hangUp' in control ? [{ type: 'HangUp' }] : [];
        }),
        startWith(...first),
      );
    });
}

/** A typed turn starts and ends at once; without words it is ignored. */
function typed(text: string, turn: string): TurnEvent | TurnIgnored {
  if (!hasWords(text)) return { type: 'TurnIgnored', turn, reason: 'empty' };
  return {
    type: 'EndOfTurn',
    turn,
    transcript: text,
    words: wordsIn(text).map((word) => ({ word, confidence: 1 })),
    confidence: 1,
    audioEndMs: 0,
    trigger: 'typed',
  };
}

const controlTypes: ReadonlySet<string> = new Set<BargeInInput['type']>(['Say', 'HangUp', 'Cue', 'TurnsOver']);

/** Whether an event comes from the recogniser rather than from a control. */
export function isFromListen(event: BargeInInput): event is ListenEvent | TurnIgnored {
  return !controlTypes.has(event.type) && !(isTurnEvent(event) && event.trigger === 'typed');
}
