import { latencyInWords } from './brackets.ts';
import type { CallModel } from './callModel.ts';
import { add, round } from './elements.ts';
import { marbleTypesOf } from './eventLooks.ts';
import { chartHeight, lane, type LaneName } from './lanes.ts';
import { drawnAsCrowd, marbles, markOf, type View } from './marks.ts';
import { between } from './ordered.ts';
import { fitted, widthOf } from './text.ts';

/** Draws a bracket for each reply: from the last word to the end of the turn, and from there to the first sound. */
export function drawLatency(parent: SVGElement, call: CallModel, view: View): void {
  const { from, to, x } = view;
  const { top, height } = lane('latency');
  const y = round(top + 0.36 * height);
  const brackets = call.brackets.within(from, to);
  const events = brackets.map(({ event }) => event);
  if (drawnAsCrowd(parent, events, view)) return;
  let end = -Infinity;
  for (const bracket of brackets) {
    const { event, endOfSpeech } = bracket;
    const { endOfTurn, firstSound, eager, firstToken, firstAudio } = event;
    if (endOfTurn === null) continue;
    const mark = markOf(parent, event);
    const span = (name: string, begin: number, over: number) => {
      const [left, right] = [round(x(begin)), round(Math.max(x(over), x(begin) + 3))];
      add(mark, 'path', { class: name, d: `M${left},${y - 6}v12M${left},${y}H${right}M${right},${y - 6}v12` });
    };
    if (endOfSpeech !== null && endOfSpeech < endOfTurn) span('waiting', endOfSpeech, endOfTurn);
    if (firstSound !== null) span('answering', endOfTurn, firstSound);
    for (const [letter, at] of Object.entries({ e: eager, t: firstToken, a: firstAudio })) {
      if (at === null) continue;
      add(mark, 'path', { class: 'tick', d: `M${round(x(at))},${y - 4}v8` });
      add(mark, 'text', { class: 'tiny', x: x(at), y: y - 8 }, letter);
    }
    const left = x(Math.min(endOfSpeech ?? endOfTurn, endOfTurn));
    const text = left < end ? '' : fitted(latencyInWords(bracket), 400);
    const width = Math.max(x(firstSound ?? endOfTurn) - left, widthOf(text)) + 6;
    add(mark, 'text', { class: 'note', x: left, y: y + 20 }, text);
    add(mark, 'rect', { class: 'reach', x: left - 3, y: y - 12, width, height: 34 });
    if (text !== '') end = left + widthOf(text) + 10;
  }
}

/** Draws the events of a lane as marbles. */
export function drawMarbles(parent: SVGElement, call: CallModel, name: LaneName, view: View): void {
  marbles(parent, between(call.all(...marbleTypesOf(name)), view.from, view.to), view);
}

/** Draws turns that interrupted or paused the agent, or were ignored. A barge-in crosses all lanes. */
export function drawCuts(parent: SVGElement, call: CallModel, view: View): void {
  const { from, to, x } = view;
  for (const { at } of between(call.all('BargeIn'), from, to))
    add(parent, 'path', { class: 'cut', d: `M${round(x(at))},${lane('caller').top}V${chartHeight}` });
  drawMarbles(parent, call, 'cuts', view);
}

/** Draws failures, warnings and connections, and the controls that the agent received. */
export function drawFaults(parent: SVGElement, call: CallModel, view: View): void {
  const { from, to, x } = view;
  drawMarbles(parent, call, 'faults', view);
  const { top, height } = lane('faults');
  for (const { at, text } of between(call.picture.controls, from, to)) {
    const mark = add(parent, 'g', { class: 'control' });
    add(mark, 'path', { d: `M${round(x(at))},${top}v${height}` });
    add(mark, 'title', {}, `control: ${text}`);
  }
}
