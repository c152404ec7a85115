import { concat, concatMap, defer, of, throwError, type MonoTypeOperatorFunction } from 'rxjs';
import type { AgentEvent, Failure, StageName } from '../../operators/events.ts';
import { CommandError } from './commandError.ts';
import type { Sides } from './chosenServices.ts';

/**
 * Ends a call that its command line or its keys make hopeless: after the event, with a `CommandError`. That is a key that is
 * refused, a model or a voice that does not exist, a service that is not reached, twice, and never was. An agent bears them, with
 * its fallback line or in silence; whoever started the command wants to know at once. What once worked and then fails is left to the
 * agent, and so is a voice that is not reached once Flux was: they are at one address. The event that ends the call is no longer
 * `recovered`.
 */
export function endIfHopeless(places: Sides['places']): MonoTypeOperatorFunction<AgentEvent> {
  return (events) =>
    defer(() => {
      const works = { listen: false, think: false, speak: false, play: true };
      const tried = new Set<StageName>();
      const passes = ({ stage, code }: Failure) =>
        (works[stage] && passing.has(code)) || (stage === 'speak' && code === 'unreachable' && works.listen);
      return events.pipe(
        concatMap((event) => {
          if (event.type === 'Connected') works.listen = true;
          if (event.type === 'Token') works.think = true;
          if (event.type === 'AudioStarted') works.speak = true;
          const over = isHopeless(event) && !passes(event) && !isFirst(event, tried);
          if (!over) return of(event);
          const end = throwError(() => new CommandError(explained(event, places)));
          return concat(of({ ...event, recovered: false }), end);
        }),
      );
    });
}

/** A connection that is not made is tried again, and only the second failure tells. */
function isFirst({ code, stage }: Failure, tried: Set<StageName>): boolean {
  return code === 'unreachable' && tried.size < tried.add(stage).size;
}

/** What may befall a service that has worked before. */
const passing = new Set(['invalid', 'unreachable']);
const hopeless = new Set(['unauthorized', 'forbidden', 'payment', 'not-found', ...passing]);

/** A failure of settings, not of the call. One that is not `recovered` ends the call by itself, with its own error. */
export function isHopeless(event: AgentEvent): event is AgentEvent & Failure {
  return event.type === 'Failure' && event.recovered && hopeless.has(event.code);
}

/** What failed, in a line that names the variable of a refused key and the address that was not reached. */
export function explained(
  { stage, code, message }: Pick<Failure, 'stage' | 'code' | 'message'>,
  places: Sides['places'],
): string {
  const side = stage === 'think' ? 'model' : 'deepgram';
  const variable = stage === 'think' ? 'OPENAI_API_KEY' : 'DEEPGRAM_API_KEY';
  const line = message.replace(/\s+/g, ' ').replace(/\.$/, '');
  if (code === 'unreachable' || code === 'refused') return `${line} (${places[side]}).`;
  if (code === 'unauthorized' || code === 'missing-key') return line.includes(variable) ? message : `${line} (${variable}).`;
  return message;
}
