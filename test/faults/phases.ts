import type { Place } from '../../src/emulator/faults/fault.ts';
import type { FluxRow, Scenario } from '../../src/emulator/scenario/scenario.ts';

export const phases = ['connecting', 'listening', 'drafting', 'thinking', 'speaking', 'paused', 'closing'] as const;

/** What a call is at when something goes wrong. */
export type Phase = (typeof phases)[number];

/** How a fault is placed in a phase. What is missing has no place there. */
export interface Moment {
  readonly listen: Place;
  readonly speak: Place;
  /** The request of the model, and after how many of its tokens. */
  readonly chat?: { readonly connection: number; readonly afterMessages: number };
  /** The first sound of a reply that is cut off in the middle of it. */
  readonly sound?: Place;
  /** What Flux says that makes the phase, or ends it. */
  readonly message?: string;
  /** When `listen` strikes, in ms of the call. */
  readonly at: number;
}

/** Something Flux says of a turn: when, what, of which turn, which words. */
type Line = readonly [at: number, event: string, turn: number, transcript: string];

interface Story {
  readonly lines: readonly Line[];
  /** Lines that cut off, in the phase, what the agent is at; the second turn of the call is theirs, or follows. */
  readonly cutting?: readonly Line[];
  readonly moment: Moment;
  readonly scenario?: Scenario;
}

const begun: Line = [500, 'StartOfTurn', 0, 'Book'];
const going: Line = [1500, 'Update', 0, 'Book a table.'];
const ended: Line = [2000, 'EndOfTurn', 0, 'Book a table.'];
const plain = [begun, going, ended];
/** The turn with which every call ends. A silence of Flux is noticed before. */
const second = (turn: number): readonly Line[] => [
  [20_000, 'StartOfTurn', turn, 'For two'],
  [20_800, 'EndOfTurn', turn, 'For two, please.'],
];
const hm: Line = [3400, 'StartOfTurn', 1, 'Hm'];

/**
 * The first reply is two sentences: 840 ms of sound, 1860 ms of sound. With a model that takes 300 ms for a token it is thought from
 * 2000 ms on, its first sentence is handed over at 2800 and heard from 2920 on, its second is handed over at 4900 and sounds at 5020.
 */
const slowly = { firstTokenMs: 200, tokenMs: 300 };

const stories: Readonly<Record<Phase, Story>> = {
  connecting: {
    lines: [...plain, ...second(1)],
    moment: { listen: {}, speak: {}, at: 0, message: 'Connected' },
  },
  listening: {
    lines: [...plain, ...second(1)],
    moment: { listen: { after: 'StartOfTurn', afterMs: 500 }, speak: { afterMs: 1000 }, at: 1000, message: 'StartOfTurn' },
  },
  // The draft asks at 1400; its first sentence is handed over at 1640 and sounds from 1760 to 1844.
  drafting: {
    lines: [begun, [1400, 'EagerEndOfTurn', 0, 'Book a table.'], [2400, 'EndOfTurn', 0, 'Book a table.'], ...second(1)],
    cutting: [
      begun,
      [1400, 'EagerEndOfTurn', 0, 'Book a table.'],
      [1820, 'TurnResumed', 0, 'Book a table. Now'],
      [2000, 'EagerEndOfTurn', 0, 'Book a table. Now.'],
      [2600, 'EndOfTurn', 0, 'Book a table. Now.'],
      ...second(1),
    ],
    moment: {
      listen: { after: 'EagerEndOfTurn', afterMs: 300 },
      speak: { afterMs: 1700 },
      chat: { connection: 0, afterMessages: 0 },
      sound: { after: 'audio' },
      message: 'EagerEndOfTurn',
      at: 1700,
    },
  },
  // The first sentence is handed over at 2240 and sounds at 2360.
  thinking: {
    lines: [...plain, ...second(1)],
    cutting: [...plain, [2300, 'StartOfTurn', 1, 'For two'], [3500, 'EndOfTurn', 1, 'For two, please.']],
    moment: {
      listen: { after: 'EndOfTurn', afterMs: 100 },
      speak: { afterMs: 2300 },
      chat: { connection: 0, afterMessages: 0 },
      message: 'EndOfTurn',
      at: 2100,
    },
  },
  speaking: {
    lines: [...plain, ...second(1)],
    cutting: [...plain, [5100, 'StartOfTurn', 1, 'For two'], [5900, 'EndOfTurn', 1, 'For two, please.']],
    moment: {
      listen: { after: 'EndOfTurn', afterMs: 1200 },
      speak: { afterMs: 4950 },
      chat: { connection: 0, afterMessages: 5 },
      sound: { after: 'audio', afterMessages: 3 },
      at: 3200,
    },
    scenario: { model: slowly },
  },
  paused: {
    lines: [...plain, hm, [5700, 'EndOfTurn', 1, 'Hm.'], ...second(2)],
    cutting: [...plain, hm, [5100, 'Update', 1, 'Hm for two'], [5900, 'EndOfTurn', 1, 'Hm, for two.']],
    moment: {
      listen: { after: 'StartOfTurn', afterMessages: 2, afterMs: 500 },
      speak: { afterMs: 4950 },
      chat: { connection: 0, afterMessages: 7 },
      at: 3900,
    },
    scenario: { model: slowly, agent: { bargeIn: { minWords: 2, resumeAfterMs: 5000 } } },
  },
  // The audio ends in the middle of the second turn.
  closing: {
    lines: [...plain, [8000, 'StartOfTurn', 1, 'For two']],
    moment: {
      listen: { after: 'StartOfTurn', afterMessages: 2, afterMs: 1000 },
      speak: { after: 'Flushed', afterMessages: 3, afterMs: 60 },
      chat: { connection: 1, afterMessages: 0 },
      message: 'EndOfTurn',
      at: 9000,
    },
    scenario: { endAt: 8500 },
  },
};

export const momentOf = (phase: Phase): Moment => stories[phase].moment;

export interface CallConfig {
  /** Flux's connection is taken in the phase, and the next one hears an open turn again. */
  readonly lost: boolean;
  /** What the agent is at is cut off in the phase. */
  readonly cut: boolean;
}

/** A call that comes into a phase; its last turn is `For two …`. */
export function callIn(phase: Phase, { lost, cut }: CallConfig): Scenario {
  const { lines, cutting = lines, moment, scenario } = stories[phase];
  const told = cut ? cutting : lines;
  return {
    flux: (lost ? heardAgain(told, moment.at) : told).map(toRow),
    endAt: (told.at(-1)?.[0] ?? 0) + 9000,
    ...scenario,
    model: {
      ...scenario?.model,
      replies: [
        { when: 'two', say: 'For two at eight. Anything else?' },
        { when: 'now', say: 'Now? We have a free table at eight.' },
        { when: 'table', say: 'For how many? We have a free table at eight.' },
        'Yes?',
      ],
    },
  };
}

/** The lines when the connection is lost at this time: the next one counts turns anew, and a turn that was open comes again. */
function heardAgain(lines: readonly Line[], lostAt: number): readonly Line[] {
  const over = lines.filter(([at, event]) => at <= lostAt && event === 'EndOfTurn').length;
  const before = lines.filter(([at]) => at <= lostAt);
  const later = lines.filter(([at, , turn]) => at > lostAt || turn >= over);
  return [
    ...before,
    ...later.map(([at, event, turn, transcript]): Line => [Math.max(at, lostAt + 1), event, turn - over, transcript]),
  ];
}

const toRow = ([at, event, turn_index, transcript]: Line): FluxRow => ({
  at,
  message: { type: 'TurnInfo', event, turn_index, transcript },
});
