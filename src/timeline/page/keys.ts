import type { AgentEvent } from '../../../operators/events.ts';
import { element } from './elements.ts';
import { legend } from './eventLooks.ts';

/** The events that a key steps through. */
export type Steps = 'every' | 'event' | 'turn';

/** The actions of the keys. */
export interface Keys {
  readonly step: (by: 1 | -1, of: Steps) => void;
  readonly cause: () => void;
  readonly zoom: (factor: number) => void;
  readonly fit: () => void;
  readonly play: () => void;
  readonly end: (which: 'first' | 'last') => void;
}

const help: readonly (readonly [keys: string, action: string])[] = [
  ['← →', 'previous, next event'],
  ['Shift ← →', 'previous, next turn'],
  [', .', 'the same, with updates and tokens'],
  ['C', 'go to the cause'],
  ['+ − 0', 'zoom in, zoom out, whole call'],
  ['Space', 'play from the event, or pause'],
  ['Home End', 'first, last event'],
];

/** Handles keys while the chart has the focus. */
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
  scroller.addEventListener('keydown', (key) => {
    const action = byKey[key.key];
    if (!action || key.ctrlKey || key.metaKey || key.altKey) return;
    key.preventDefault();
    action(key.shiftKey);
  });
}

export function keyHelp(): HTMLElement {
  const rows = help.flatMap(([keys, action]) => [element('dt', {}, element('kbd', {}, keys)), element('dd', {}, action)]);
  return element('details', { class: 'keys' }, element('summary', {}, 'Keys and marks'), element('dl', {}, ...rows), legend());
}

/** Arrow keys skip these types: they are too many. */
const skipped: ReadonlySet<AgentEvent['type']> = new Set(['Update', 'Token', 'Heard']);
export const isStop = ({ type }: AgentEvent) => !skipped.has(type);
