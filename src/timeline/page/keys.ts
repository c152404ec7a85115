import type { AgentEvent } from '../../../operators/events.ts';
import { element } from './elements.ts';
import { legend } from './letterLegend.ts';

/** Which of the events are stepped through. */
export type Steps = 'every' | 'event' | 'turn';

/** What keys do: events one after another, turns one after another, nearer and farther. */
export interface Keys {
  readonly step: (by: 1 | -1, of: Steps) => void;
  readonly cause: () => void;
  readonly zoom: (factor: number) => void;
  readonly fit: () => void;
  readonly play: () => void;
  readonly end: (which: 'first' | 'last') => void;
}

const help: readonly (readonly [keys: string, does: string])[] = [
  ['← →', 'from event to event'],
  ['Shift ← →', 'from turn to turn'],
  [', .', 'from event to event, updates and tokens too'],
  ['C', 'to the cause'],
  ['+ − 0', 'nearer, farther, the whole call'],
  ['Space', 'play from the event, or stop'],
  ['Home End', 'the first and the last event'],
];

/** Hears keys while the chart has the focus. */
export function listenToKeys(scroller: HTMLElement, keys: Keys): void {
  const byKey: Readonly<Record<string, (shift: boolean) => void>> = {
    ArrowLeft: (shift) => keys.step(-1, shift ? 'turn' : 'event'),
    ArrowRight: (shift) => keys.step(1, shift ? 'turn' : 'event'),
    ',': () => keys.step(-1, 'every'),
    '.': () => keys.step(1, 'every'),
    c: () => keys.cause(),
    '+': () => keys.zoom(1.5),
    '=': () => keys.zoom(1.5),
    '-': () => keys.zoom(1 / 1.5),
    '0': () => keys.fit(),
    ' ': () => keys.play(),
    Home: () => keys.end('first'),
    End: () => keys.end('last'),
  };
  scroller.addEventListener('keydown', (pressed) => {
    const does = byKey[pressed.key];
    if (!does || pressed.ctrlKey || pressed.metaKey || pressed.altKey) return;
    pressed.preventDefault();
    does(pressed.shiftKey);
  });
}

export function keyHelp(): HTMLElement {
  const rows = help.flatMap(([keys, does]) => [element('dt', {}, element('kbd', {}, keys)), element('dd', {}, does)]);
  return element('details', { class: 'keys' }, element('summary', {}, 'Keys and marks'), element('dl', {}, ...rows), legend());
}

/** The types that arrow keys stop at: the others come by the dozen. */
const passed: ReadonlySet<AgentEvent['type']> = new Set(['Update', 'Token', 'Heard']);
export const isStop = ({ type }: AgentEvent) => !passed.has(type);
