import type { Draft } from './answerSpans.ts';
import type { Call } from './callModel.ts';
import { lane } from './lanes.ts';
import { crowd, isCrowded, marbles, markOf, round, stand, widthOfMarble, type Group, type Stretch } from './marks.ts';
import { between, firstAt } from './ordered.ts';
import { fitted } from './text.ts';

/** Drafts from their begin to what became of them. */
export function drafts(parent: Group, call: Call, stretch: Stretch): void {
  const { from, to, x, pixelsPerMs } = stretch;
  const { top, height } = lane('drafts');
  const events = between(call.all('DraftStarted', 'DraftDropped', 'ReplyStarted'), from, to);
  if (isCrowded(events, pixelsPerMs)) {
    crowd(parent, events, x);
    return;
  }
  const seen = call.drafts.within(from, to);
  for (const [index, draft] of seen.entries()) {
    const [left, right] = [x(draft.from), x(draft.to)];
    const became = outcomeOf(draft);
    parent
      .append('rect')
      .attr('class', `draft ${became.kind}`)
      .attr('x', round(left))
      .attr('y', top + height * 0.5 - 9)
      .attr('width', round(Math.max(2, right - left)))
      .attr('height', 18)
      .attr('rx', 3);
    // the marble of its end stands beside that of its begin, if there is no room
    const beside = Math.max(right, left + widthOfMarble) + 12;
    const label = fitted(became.text, x(seen[index + 1]?.from ?? draft.to + 3_600_000) - beside - 18);
    if (label === '') continue;
    parent
      .append('text')
      .attr('class', 'note')
      .attr('x', round(beside))
      .attr('y', top + height * 0.5 + 4)
      .text(label);
  }
  marbles(parent, events, stretch);
}

const reasons = {
  resumed: 'the caller went on',
  changed: 'other words',
  superseded: 'a newer one',
  timeout: 'no end in time',
  failed: 'it failed',
  started: 'another turn',
  closed: 'the call ended',
} as const;

function outcomeOf({ begun: { reply }, ended }: Draft): { readonly kind: string; readonly text: string } {
  if (!ended) return { kind: 'open', text: `${reply}` };
  if (ended.type === 'ReplyStarted') return { kind: 'kept', text: `${reply} kept` };
  return { kind: 'dropped', text: `${reply} dropped: ${reasons[ended.reason]}` };
}

/** The model at work, and each token as it came. */
export function tokens(parent: Group, call: Call, stretch: Stretch): void {
  const { from, to, x, pixelsPerMs } = stretch;
  const { top, height } = lane('tokens');
  const came = between(call.all('Token'), from, to);
  if (isCrowded(came, pixelsPerMs * 6)) {
    crowd(parent, came, x);
    return;
  }
  for (const writing of call.writing.within(from, to)) {
    parent
      .append('rect')
      .attr('class', 'writing')
      .attr('x', round(x(writing.from)))
      .attr('y', top + height * 0.5 - 8)
      .attr('width', round(Math.max(1, x(writing.to) - x(writing.from))))
      .attr('height', 16)
      .attr('rx', 3);
  }
  const middle = top + height * 0.5;
  for (const token of came) {
    const left = round(x(token.at));
    const mark = markOf(parent, token);
    mark.append('path').attr('d', `M${left},${middle - 8}v16`);
    mark
      .append('rect')
      .attr('class', 'reach')
      .attr('x', left - 3)
      .attr('y', middle - 12)
      .attr('width', 6)
      .attr('height', 24);
  }
}

/** Sentences as they were handed to the voice. */
export function sentences(parent: Group, call: Call, stretch: Stretch): void {
  const { from, to, x, pixelsPerMs } = stretch;
  const { top, height } = lane('sentences');
  const all = call.all('Sentence');
  const handed = between(all, from, to);
  if (isCrowded(handed, pixelsPerMs)) {
    crowd(parent, handed, x);
    return;
  }
  const before = firstAt(all, from, ({ at }) => at);
  for (const [index, sentence] of handed.entries()) {
    const left = x(sentence.at);
    // in two rows, so that what follows at once has room; in the same one, whatever is in view
    const y = top + ((before + index) % 2 === 0 ? 0.3 : 0.8) * height;
    const next = handed[index + 2];
    const mark = stand(markOf(parent, sentence), left, y);
    mark.append('path').attr('d', `M${round(left)},${round(y - 7)}v14`);
    mark
      .append('text')
      .attr('class', 'note')
      .attr('x', round(left + 5))
      .attr('y', round(y + 4))
      .text(fitted(sentence.text.trim(), Math.min(260, (next ? x(next.at) : Infinity) - left - 12)));
  }
}
