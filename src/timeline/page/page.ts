import type { AgentEvent } from '../../../operators/events.ts';
import type { Picture } from '../picture.ts';
import { CallModel } from './callModel.ts';
import { clock } from './clock.ts';
import { conversation } from './conversation.ts';
import { button, element } from './elements.ts';
import { momentOf } from './eventLooks.ts';
import { Inspector } from './inspector.ts';
import { isStop, keyHelp, listenToKeys } from './keys.ts';
import { Overview } from './overview.ts';
import { Player } from './player.ts';
import { printStrips } from './printStrips.ts';
import { TimelineChart } from './timelineChart.ts';

const picture = JSON.parse(document.getElementById('picture')?.textContent ?? '{}') as Picture;
const call = new CallModel(picture);
const steps = { every: picture.events, event: picture.events.filter(isStop), turn: call.turnStarts };
let selected: AgentEvent | undefined;

const select = (event: AgentEvent) => {
  selected = event;
  chart.reveal(momentOf(event));
  show(event);
};
const show = (event: AgentEvent) => {
  inspector.show(event);
  chart.pointAt(event, call.event(event.cause));
};

const player = new Player(call, (at) => chart.play(at));
const overview = new Overview(call, (at) => chart.centre(at));
const inspector = new Inspector(call, select);
const chart = new TimelineChart(call, {
  onHover: show,
  onSelect: (event) => {
    select(event);
    player.go(momentOf(event));
  },
  onSeek: (at) => player.go(at),
  onScroll: (from, to) => overview.show(from, to),
});

listenToKeys(chart.scroller, {
  step: (by, of) => {
    const next = stepped(steps[of], by);
    if (next) select(next);
  },
  cause: () => {
    const cause = call.event(selected?.cause);
    if (cause) select(cause);
  },
  zoom: (factor) => chart.zoom(factor, selected && chart.shows(momentOf(selected)) ? momentOf(selected) : undefined),
  fit: () => chart.fit(),
  play: () => {
    if (selected && player.element?.paused === true) player.go(momentOf(selected));
    player.toggle();
  },
  end: (which) => {
    const event = which === 'first' ? steps.event.at(0) : steps.event.at(-1);
    if (event) select(event);
  },
});

/** The next or previous event, counted from the selected one or, without one, from the start of the view. */
function stepped(events: readonly AgentEvent[], by: 1 | -1): AgentEvent | undefined {
  const { from } = chart.view;
  if (!selected) return by > 0 ? events.find(({ at }) => at >= from) : events.findLast(({ at }) => at <= from);
  const { id } = selected;
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
      { class: 'tools', role: 'toolbar', 'aria-label': 'Player and zoom' },
      ...(player.element ? [player.element] : []),
      button('−', 'zoom out', () => chart.zoom(1 / 1.5)),
      button('+', 'zoom in', () => chart.zoom(1.5)),
      button('whole call', 'the whole call', () => chart.fit()),
      keyHelp(),
    ),
    overview.element,
    chart.element,
    printStrips(call),
    inspector.element,
    conversation(call, (from, to) => chart.show(from, to)),
  ),
  element('footer', {}, `Recorded with Sluice ${picture.versions.sluice} on Node ${picture.versions.node}.`),
);
chart.start();

function factsOf({ time, durationMs }: Picture): string {
  const count = (number: number, one: string, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;
  const dropped = call.all('DraftDropped').length;
  const failures = call.all('Failure').length;
  return [
    `${new Date(time).toLocaleString('en-GB', { timeZone: 'UTC', dateStyle: 'medium', timeStyle: 'short' })} UTC`,
    `${clock(durationMs)} long`,
    count(call.turns.filter(({ last }) => last.transcript.trim() !== '').length, 'turn'),
    count(call.replies.length, 'reply', 'replies'),
    `${count(call.drafts.all.length, 'draft')}, ${dropped} dropped`,
    count(call.all('BargeIn').length, 'barge-in'),
    ...(failures > 0 ? [count(failures, 'failure')] : []),
  ].join(' · ');
}
