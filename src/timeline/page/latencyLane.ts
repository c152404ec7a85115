import type { Bracket, Call } from './callModel.ts';
import { chartHeight, lane } from './lanes.ts';
import { crowd, isCrowded, marbles, markOf, round, type Group, type Stretch } from './marks.ts';
import { between } from './ordered.ts';
import { fitted, widthOf } from './text.ts';

/** How long an answer took: from the last word to Flux being sure, and from there to the first sound. */
export function latency(parent: Group, call: Call, { from, to, x, pixelsPerMs }: Stretch): void {
  const { top, height } = lane('latency');
  const y = top + 0.36 * height;
  const brackets = call.latencies.within(from, to);
  const events = brackets.map(({ event }) => event);
  if (isCrowded(events, pixelsPerMs)) {
    crowd(parent, events, x);
    return;
  }
  let end = -Infinity;
  for (const bracket of brackets) {
    const { event, endOfSpeech } = bracket;
    const { endOfTurn, firstSound, eager, firstToken, firstAudio } = event;
    if (endOfTurn === null) continue;
    const mark = markOf(parent, event);
    const span = (name: string, begin: number, over: number) => {
      const [left, right] = [round(x(begin)), round(Math.max(x(over), x(begin) + 3))];
      mark
        .append('path')
        .attr('class', name)
        .attr('d', `M${left},${y - 6}v12M${left},${y}H${right}M${right},${y - 6}v12`);
    };
    if (endOfSpeech !== null && endOfSpeech < endOfTurn) span('waiting', endOfSpeech, endOfTurn);
    if (firstSound !== null) span('answering', endOfTurn, firstSound);
    for (const [letter, at] of [
      ['e', eager],
      ['t', firstToken],
      ['a', firstAudio],
    ] as const) {
      if (at === null) continue;
      mark
        .append('path')
        .attr('class', 'tick')
        .attr('d', `M${round(x(at))},${y - 4}v8`);
      mark
        .append('text')
        .attr('class', 'tiny')
        .attr('x', round(x(at)))
        .attr('y', y - 8)
        .text(letter);
    }
    const left = x(Math.min(endOfSpeech ?? endOfTurn, endOfTurn));
    const text = left < end ? '' : fitted(toldOf(bracket), 400);
    mark
      .append('text')
      .attr('class', 'note')
      .attr('x', round(left))
      .attr('y', y + 20)
      .text(text);
    mark
      .append('rect')
      .attr('class', 'reach')
      .attr('x', round(left - 3))
      .attr('y', y - 12)
      .attr('width', round(Math.max(x(firstSound ?? endOfTurn) - left, widthOf(text)) + 6))
      .attr('height', 34);
    if (text !== '') end = left + widthOf(text) + 10;
  }
}

/** The numbers of a bracket; nothing for what answers no turn. */
export function toldOf({ event: { endOfTurn, firstSound }, endOfSpeech }: Bracket): string {
  if (endOfTurn === null) return '';
  const heardOut = endOfSpeech === null || endOfSpeech > endOfTurn ? '' : `${Math.round(endOfTurn - endOfSpeech)} ms to be sure`;
  const answered = firstSound === null ? 'unheard' : `${Math.round(firstSound - endOfTurn)} ms to the first sound`;
  return [heardOut, answered].filter((text) => text !== '').join(' + ');
}

/** Where the agent began to be heard, and where it ended. */
export function spoken(parent: Group, call: Call, stretch: Stretch): void {
  marbles(parent, between(call.all('AudioStarted', 'SpeechStarted', 'ReplyEnded'), stretch.from, stretch.to), stretch);
}

/** Where a turn cut or paused the agent, or was not answered; a cut goes through all lanes. */
export function cuts(parent: Group, call: Call, stretch: Stretch): void {
  const { from, to, x } = stretch;
  for (const cut of between(call.all('BargeIn'), from, to)) {
    parent
      .append('path')
      .attr('class', 'cut')
      .attr('d', `M${round(x(cut.at))},${lane('caller').top}V${chartHeight}`);
  }
  marbles(parent, between(call.all('BargeIn', 'SpeechPaused', 'SpeechResumed', 'TurnIgnored'), from, to), stretch);
}

/** What broke, and what the services said of themselves. */
export function faults(parent: Group, call: Call, stretch: Stretch): void {
  const { from, to, x } = stretch;
  const all = call.all('Failure', 'Warning', 'Reconnected', 'TurnLost', 'Connected', 'Configured', 'Idle', 'Closed');
  marbles(parent, between(all, from, to), stretch);
  const { top, height } = lane('faults');
  for (const { at, text } of call.picture.told) {
    if (at < from || at > to) continue;
    const mark = parent.append('g').attr('class', 'told');
    mark.append('path').attr('d', `M${round(x(at))},${top}v${height}`);
    mark.append('title').text(`told: ${text}`);
  }
}
