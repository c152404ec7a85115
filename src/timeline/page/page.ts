import type { AgentEvent } from '../../../operators/events.ts';
import type { Picture } from '../picture.ts';
import { Call } from './callModel.ts';
import { Chart } from './timelineChart.ts';
import { clock } from './clock.ts';
import { conversation } from './conversation.ts';
import { button, element } from './elements.ts';
import { Inspector } from './inspector.ts';
import { isStop, keyHelp, listenToKeys } from './keys.ts';
import { momentOf } from './lanes.ts';
import { Overview } from './overview.ts';
import { Player } from './player.ts';
import { strips } from './strips.ts';

const picture = JSON.parse(document.getElementById('picture')?.textContent ?? '{}') as Picture;
const call = new Call(picture);
const steps = { every: picture.events, event: picture.events.filter(isStop), turn: call.begins };
let chosen: AgentEvent | undefined;

const choose = (event: AgentEvent) => {
  chosen = event;
  chart.reveal(momentOf(event));
  tell(event);
};
const tell = (event: AgentEvent) => {
  inspector.tell(event);
  chart.tell(event, call.event(event.cause));
};

const player = new Player(call, (at) => chart.play(at));
const overview = new Overview(call, (at) => chart.centre(at));
const inspector = new Inspector(call, choose);
const chart = new Chart(call, {
  pointed: tell,
  chosen: (event) => {
    choose(event);
    player.go(momentOf(event));
  },
  placed: (at) => player.go(at),
  moved: (from, to) => overview.show(from, to),
});

listenToKeys(chart.scroller, {
  step: (by, of) => {
    const next = stepped(steps[of], by);
    if (next) choose(next);
  },
  cause: () => {
    const cause = call.event(chosen?.cause);
    if (cause) choose(cause);
  },
  zoom: (factor) => chart.zoom(factor, chosen && chart.shows(momentOf(chosen)) ? momentOf(chosen) : undefined),
  fit: () => chart.fit(),
  play: () => {
    if (chosen && player.element?.paused === true) player.go(momentOf(chosen));
    player.toggle();
  },
  end: (which) => {
    const event = which === 'first' ? steps.event.at(0) : steps.event.at(-1);
    if (event) choose(event);
  },
});

/** The next of some events from the chosen one on, or from what is in view. */
function stepped(events: readonly AgentEvent[], by: 1 | -1): AgentEvent | undefined {
  const { from } = chart.view;
  if (!chosen) return by > 0 ? events.find(({ at }) => at >= from) : events.findLast(({ at }) => at <= from);
  const { id } = chosen;
  return by > 0 ? events.find((event) => event.id > id) : events.findLast((event) => event.id < id);
}

document.body.append(
  element(
    'header',
    {},
    element('h1', {}, picture.name),
    element('p', { class: 'facts' }, factsOf(picture)),
    ...picture.notes.map((note) => element('p', { class: 'hint' }, note)),
  ),
  element(
    'main',
    {},
    element(
      'div',
      { class: 'tools', role: 'toolbar', 'aria-label': 'What is in view' },
      ...(player.element ? [player.element] : []),
      button('−', 'farther', () => chart.zoom(1 / 1.5)),
      button('+', 'nearer', () => chart.zoom(1.5)),
      button('whole call', 'the whole call', () => chart.fit()),
      keyHelp(),
    ),
    overview.element,
    chart.element,
    strips(call),
    inspector.element,
    conversation(call, (from, to) => chart.show(from, to)),
  ),
  element('footer', {}, `Recorded with Sluice ${picture.versions.sluice} on Node ${picture.versions.node}.`),
);
chart.begin();

function factsOf({ time, durationMs }: Picture): string {
  const count = (number: number, one: string, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;
  const dropped = call.all('DraftDropped').length;
  const failures = call.all('Failure').length;
  return [
    `${new Date(time).toLocaleString('en-GB', { timeZone: 'UTC', dateStyle: 'medium', timeStyle: 'short' })} UTC`,
    `${clock(durationMs)} long`,
    count(call.turns.filter(({ last }) => last.transcript.trim() !== '').length, 'turn'),
    count(call.answers.length, 'reply', 'replies'),
    `${count(call.drafts.all.length, 'draft')}, ${dropped} dropped`,
    count(call.all('BargeIn').length, 'cut'),
    ...(failures > 0 ? [count(failures, 'failure')] : []),
  ].join(' · ');
}
