import type { Fault, FaultOf } from '../../src/emulator/faults/fault.ts';
import { momentOf, phases, type Moment, type Phase } from './phases.ts';

/** What may go wrong, and in which phases that makes sense. */
export interface Kind {
  /** The service first: `listen drop`. */
  readonly name: string;
  readonly faults: (moment: Moment, phase: Phase) => readonly Fault[];
  readonly phases: readonly Phase[];
  /** Why not in the others. */
  readonly otherwise?: string;
  /** Flux's connection is taken by it. */
  readonly takes?: true;
  /** It needs something that is cut off. */
  readonly cuts?: true;
}

const except = (...out: readonly Phase[]): readonly Phase[] => phases.filter((phase) => !out.includes(phase));

/** The first connection is refused; in a later phase it is lost, and the next one is refused. */
function refused(service: 'listen' | 'speak', status: number, forEver = false): Pick<Kind, 'faults'> {
  return {
    faults: (moment, phase) => {
      const refuse = { service, kind: 'refuse', status } as const;
      if (phase === 'connecting') return [forEver ? refuse : { ...refuse, connection: 0 }];
      const later = Array.from({ length: forEver ? 7 : 1 }, (_, index): Fault => ({ ...refuse, connection: index + 1 }));
      return [{ service, kind: 'drop', connection: 0, ...moment[service] }, ...later];
    },
  };
}

type CloseCode = NonNullable<FaultOf<'close'>['code']>;
type SocketFault =
  { readonly kind: 'stall' | 'drop' | 'malformed' | 'unknown' } | { readonly kind: 'close'; readonly code: CloseCode };

const socket = (service: 'listen' | 'speak', fault: SocketFault): Pick<Kind, 'faults'> => ({
  faults: (moment) => [{ service, connection: 0, ...fault, ...moment[service] }],
});
const always = (...faults: readonly Fault[]): Pick<Kind, 'faults'> => ({ faults: () => faults });

const nothingDue = 'nothing that Flux says is due';
const named = (fault: (of: string) => Fault): Pick<Kind, 'faults'> => ({ faults: ({ message = '' }) => [fault(message)] });

const listen: readonly Kind[] = [
  { name: 'refuse 401', ...refused('listen', 401), phases, takes: true },
  { name: 'refuse 429', ...refused('listen', 429), phases, takes: true },
  { name: 'refuse 503', ...refused('listen', 503), phases, takes: true },
  { name: 'refuse 503 for ever', ...refused('listen', 503, true), phases, takes: true },
  { name: 'stall', ...socket('listen', { kind: 'stall' }), phases, takes: true },
  { name: 'drop', ...socket('listen', { kind: 'drop' }), phases, takes: true },
  { name: 'close 1000', ...socket('listen', { kind: 'close', code: 1000 }), phases, takes: true },
  { name: 'close 1005', ...socket('listen', { kind: 'close', code: 1005 }), phases, takes: true },
  { name: 'close 1006', ...socket('listen', { kind: 'close', code: 1006 }), phases, takes: true },
  { name: 'close 1008', ...socket('listen', { kind: 'close', code: 1008 }), phases, takes: true },
  { name: 'close 1011', ...socket('listen', { kind: 'close', code: 1011 }), phases, takes: true },
  {
    name: 'error',
    faults: ({ listen }) => [{ service: 'listen', kind: 'error', connection: 0, ...listen }],
    phases,
    takes: true,
  },
  {
    name: 'error of ours',
    faults: ({ listen }) => [{ service: 'listen', kind: 'error', code: 'UNPARSABLE_CLIENT_MESSAGE', connection: 0, ...listen }],
    phases,
    takes: true,
  },
  { name: 'malformed', ...socket('listen', { kind: 'malformed' }), phases },
  { name: 'unknown', ...socket('listen', { kind: 'unknown' }), phases },
  {
    name: 'duplicate',
    ...named((of) => ({ service: 'listen', kind: 'duplicate', of })),
    phases: except('speaking', 'paused'),
    otherwise: nothingDue,
  },
  {
    name: 'missing',
    ...named((of) => ({ service: 'listen', kind: 'missing', of })),
    phases: except('connecting', 'speaking', 'paused'),
    otherwise: `${nothingDue}; a Flux that does not even say Connected stalls`,
  },
  {
    name: 'late',
    ...named((of) => ({ service: 'listen', kind: 'late', of, ms: 300 })),
    phases: except('speaking', 'paused'),
    otherwise: nothingDue,
  },
  {
    name: 'slow',
    ...always({ service: 'listen', kind: 'slow', ms: 3000 }),
    phases: ['connecting'],
    otherwise: 'only the start of a connection is slow',
  },
  { name: 'latency', ...always({ service: 'listen', kind: 'latency', ms: 300 }), phases },
];

const answering = ['drafting', 'thinking', 'speaking', 'paused', 'closing'] as const;
const before = ['drafting', 'thinking', 'closing'] as const;
const asked = { phases: answering, otherwise: 'no request is open' };
const unanswered = { phases: before, otherwise: 'no request is waiting for its answer' };

type ChatFault =
  | { readonly kind: 'stall' | 'drop' | 'end' | 'error' | 'malformed' | 'unknown' }
  | { readonly kind: 'finish'; readonly reason: 'length' | 'content_filter' | 'tool_calls' | 'refusal' };

const chat = (fault: ChatFault): Pick<Kind, 'faults'> => ({
  faults: ({ chat }) => [{ service: 'chat', ...fault, ...chat }],
});
/** A request is refused so often, from that of the phase on. */
const refusing = (fault: { readonly status: number; readonly retryAfterMs?: number }, times: number): Pick<Kind, 'faults'> => ({
  faults: ({ chat }) =>
    Array.from({ length: times }, (_, more): Fault => ({
      service: 'chat',
      kind: 'refuse',
      ...fault,
      connection: (chat?.connection ?? 0) + more,
    })),
});

const think: readonly Kind[] = [
  { name: 'refuse 401', ...always({ service: 'chat', kind: 'refuse', status: 401 }), ...unanswered },
  { name: 'refuse 429, after 300 ms', ...refusing({ status: 429, retryAfterMs: 300 }, 1), ...unanswered },
  { name: 'refuse 429, after a minute', ...refusing({ status: 429, retryAfterMs: 60_000 }, 1), ...unanswered },
  { name: 'refuse 500', ...refusing({ status: 500 }, 1), ...unanswered },
  { name: 'refuse 500 twice', ...refusing({ status: 500 }, 2), ...unanswered },
  { name: 'refuse 503', ...refusing({ status: 503 }, 1), ...unanswered },
  { name: 'stall', ...chat({ kind: 'stall' }), ...asked },
  { name: 'drop', ...chat({ kind: 'drop' }), ...asked },
  { name: 'end', ...chat({ kind: 'end' }), ...asked },
  { name: 'error', ...chat({ kind: 'error' }), ...asked },
  { name: 'malformed', ...chat({ kind: 'malformed' }), ...asked },
  { name: 'unknown', ...chat({ kind: 'unknown' }), ...asked },
  { name: 'too long', ...chat({ kind: 'finish', reason: 'length' }), ...asked },
  { name: 'filtered', ...chat({ kind: 'finish', reason: 'content_filter' }), ...asked },
  { name: 'tool call', ...chat({ kind: 'finish', reason: 'tool_calls' }), ...asked },
  { name: 'refusal', ...chat({ kind: 'finish', reason: 'refusal' }), ...asked },
  { name: 'slow', ...always({ service: 'chat', kind: 'slow', ms: 1000 }), ...unanswered },
  { name: 'latency', ...always({ service: 'chat', kind: 'latency', ms: 100 }), ...asked },
];

const sounding = { phases: answering, otherwise: 'no audio is being sent' };
const cutting = {
  phases: ['drafting', 'thinking', 'speaking', 'paused'],
  otherwise: 'nothing is interrupted',
  cuts: true,
} as const;
/** The phase says which answer; of the closing one it is each. */
const answers = (fault: Fault): Pick<Kind, 'faults'> => ({
  faults: (_, phase) => [phase === 'closing' ? fault : { ...fault, times: 1 }],
});

const speak: readonly Kind[] = [
  { name: 'refuse 401', ...refused('speak', 401), phases },
  { name: 'refuse 429', ...refused('speak', 429), phases },
  { name: 'refuse 503', ...refused('speak', 503), phases },
  { name: 'refuse 503 for ever', ...refused('speak', 503, true), phases },
  { name: 'stall', ...socket('speak', { kind: 'stall' }), phases },
  { name: 'drop', ...socket('speak', { kind: 'drop' }), phases },
  {
    name: 'drop in a sentence',
    faults: ({ sound }) => [{ service: 'speak', kind: 'drop', connection: 0, ...sound }],
    phases: ['drafting', 'speaking'],
    otherwise: 'no sentence is being heard',
  },
  { name: 'close 1000', ...socket('speak', { kind: 'close', code: 1000 }), phases },
  { name: 'close 1005', ...socket('speak', { kind: 'close', code: 1005 }), phases },
  { name: 'close 1008', ...socket('speak', { kind: 'close', code: 1008 }), phases },
  { name: 'close 1011', ...socket('speak', { kind: 'close', code: 1011 }), phases },
  { name: 'malformed', ...socket('speak', { kind: 'malformed' }), phases },
  { name: 'unknown', ...socket('speak', { kind: 'unknown' }), phases },
  { name: 'duplicate Flushed', ...answers({ service: 'speak', kind: 'duplicate', of: 'Flushed' }), ...sounding },
  { name: 'missing Flushed', ...answers({ service: 'speak', kind: 'missing', of: 'Flushed' }), ...sounding },
  { name: 'late Flushed', ...always({ service: 'speak', kind: 'late', of: 'Flushed', ms: 500 }), ...sounding },
  { name: 'late sound', ...always({ service: 'speak', kind: 'late', of: 'audio', ms: 300 }), ...sounding },
  { name: 'missing Cleared', ...always({ service: 'speak', kind: 'missing', of: 'Cleared' }), ...cutting },
  { name: 'late Cleared', ...always({ service: 'speak', kind: 'late', of: 'Cleared', ms: 500 }), ...cutting },
  // Until it is confirmed that the sound was thrown away the next reply's text is out already.
  {
    name: 'stale sound',
    ...always({ service: 'speak', kind: 'late', of: 'Cleared', ms: 500 }, { service: 'speak', kind: 'stale' }),
    ...cutting,
  },
  { name: 'sound after Cleared', ...always({ service: 'speak', kind: 'stale', afterCleared: true }), ...cutting },
  { name: 'slow', ...always({ service: 'speak', kind: 'slow', ms: 400 }), ...sounding },
  { name: 'latency', ...always({ service: 'speak', kind: 'latency', ms: 300 }), ...sounding },
  { name: 'odd', ...always({ service: 'speak', kind: 'odd' }), ...sounding },
];

const of = (service: string, kinds: readonly Kind[]): readonly Kind[] =>
  kinds.map((kind) => ({ ...kind, name: `${service} ${kind.name}` }));

/** Every row of the matrix. */
export const kinds: readonly Kind[] = [...of('listen', listen), ...of('chat', think), ...of('speak', speak)];

/** What goes wrong in a cell; nothing where the cell makes no sense. */
export function faultsIn({ faults, phases }: Kind, phase: Phase): readonly Fault[] | undefined {
  return phases.includes(phase) ? faults(momentOf(phase), phase) : undefined;
}
