import { concat, concatMap, defer, of, throwError, type MonoTypeOperatorFunction } from 'rxjs';
import type { AgentEvent, Failure, StageName } from '../../operators/events.ts';
import { CommandError } from './subcommand.ts';
import type { ChosenServices } from './chosenServices.ts';

/**
 * Ends a call with a `CommandError` after a failure that no retry can mend: a refused key, an unknown model or voice, or a service
 * that could not be reached twice and never was. The agent alone would go on, with its fallback line or in silence.
 *
 * A service that has worked before is left to the agent. So is a voice that cannot be reached once Flux was: both are at one
 * address. The last event is emitted with `recovered: false`.
 */
export function endIfUnrecoverable(addresses: ChosenServices['addresses']): MonoTypeOperatorFunction<AgentEvent> {
  return (events) =>
    defer(() => {
      const works = { listen: false, think: false, speak: false, play: true };
      const tried = new Set<StageName>();
      const mayPass = ({ stage, code }: Failure) =>
        (works[stage] && passing.has(code)) || (stage === 'speak' && code === 'unreachable' && works.listen);
      return events.pipe(
        concatMap((event) => {
          if (event.type === 'Connected') works.listen = true;
          if (event.type === 'Token') works.think = true;
          if (event.type === 'AudioStarted') works.speak = true;
          if (!isUnrecoverable(event) || mayPass(event) || isFirst(event, tried)) return of(event);
          const end = throwError(() => new CommandError(explained(event, addresses)));
          return concat(of({ ...event, recovered: false }), end);
        }),
      );
    });
}

/** Whether a connection failed for the first time: it is tried again. */
function isFirst({ code, stage }: Failure, tried: Set<StageName>): boolean {
  return code === 'unreachable' && tried.size < tried.add(stage).size;
}

/** Codes that a service which has worked before may recover from. */
const passing = new Set(['invalid', 'unreachable']);
const unrecoverable = new Set(['unauthorized', 'forbidden', 'payment', 'not-found', ...passing]);

/** Whether the settings are at fault. A failure with `recovered: false` is left out: it ends the call with its own error. */
function isUnrecoverable(event: AgentEvent): event is AgentEvent & Failure {
  return event.type === 'Failure' && event.recovered && unrecoverable.has(event.code);
}

/** One line that says what failed and names the variable of a refused key, or the address of a service that was not reached. */
export function explained(
  { stage, code, message }: Pick<Failure, 'stage' | 'code' | 'message'>,
  addresses: ChosenServices['addresses'],
): string {
  const service = stage === 'think' ? 'model' : 'deepgram';
  const variable = stage === 'think' ? 'OPENAI_API_KEY' : 'DEEPGRAM_API_KEY';
  const line = message.replace(/\s+/g, ' ').replace(/\.$/, '');
  if (code === 'unreachable' || code === 'refused') return `${line} (${addresses[service]}).`;
  if (code === 'unauthorized' || code === 'missing-key') return line.includes(variable) ? message : `${line} (${variable}).`;
  return message;
}
