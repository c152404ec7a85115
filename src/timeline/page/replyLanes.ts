import type { CallModel } from './callModel.ts';
import { add, round } from './elements.ts';
import { marbleTypesOf } from './eventLooks.ts';
import { lane } from './lanes.ts';
import { drawnAsCrowd, marbles, markOf, place, widthOfMarble, type View } from './marks.ts';
import { between, firstIndex } from './ordered.ts';
import type { Draft } from './replySpans.ts';
import { fitted } from './text.ts';

/** Draws drafts as bars, with their outcome. */
export function drawDrafts(parent: SVGElement, call: CallModel, view: View): void {
  const { from, to, x } = view;
  const { top, height } = lane('drafts');
  const middle = top + height / 2;
  const events = between(call.all(...marbleTypesOf('drafts')), from, to);
  if (drawnAsCrowd(parent, events, view)) return;
  const drafts = call.drafts.within(from, to);
  for (const [index, draft] of drafts.entries()) {
    const [left, right] = [x(draft.from), x(draft.to)];
    const { kind, text } = outcomeOf(draft);
    add(parent, 'rect', { class: `draft ${kind}`, x: left, y: middle - 9, width: Math.max(2, right - left), height: 18, rx: 3 });
    // without enough room, the marble of its end is drawn beside that of its start
    const beside = Math.max(right, left + widthOfMarble) + 12;
    const label = fitted(text, x(drafts[index + 1]?.from ?? draft.to + 3_600_000) - beside - 18);
    if (label !== '') add(parent, 'text', { class: 'note', x: beside, y: middle + 4 }, label);
  }
  marbles(parent, events, view);
}

const reasons = {
  resumed: 'the caller went on',
  changed: 'other words',
  superseded: 'another turn',
  timeout: 'timeout',
  failed: 'it failed',
  started: 'another turn',
  closed: 'the call ended',
} as const;

function outcomeOf({ started: { reply }, ended }: Draft): { readonly kind: string; readonly text: string } {
  if (!ended) return { kind: 'open', text: `${reply}` };
  if (ended.type === 'ReplyStarted') return { kind: 'kept', text: `${reply} kept` };
  return { kind: 'dropped', text: `${reply} dropped: ${reasons[ended.reason]}` };
}

/** Draws the time in which the model wrote as a bar, and each token as a line. */
export function drawTokens(parent: SVGElement, call: CallModel, view: View): void {
  const { from, to, x } = view;
  const { top, height } = lane('tokens');
  const middle = top + height / 2;
  const tokens = between(call.all('Token'), from, to);
  if (drawnAsCrowd(parent, tokens, view, 6)) return;
  for (const writing of call.writing.within(from, to)) {
    const width = Math.max(1, x(writing.to) - x(writing.from));
    add(parent, 'rect', { class: 'writing', x: x(writing.from), y: middle - 8, width, height: 16, rx: 3 });
  }
  for (const token of tokens) {
    const left = round(x(token.at));
    const mark = markOf(parent, token);
    add(mark, 'path', { d: `M${left},${middle - 8}v16` });
    add(mark, 'rect', { class: 'reach', x: left - 3, y: middle - 12, width: 6, height: 24 });
  }
}

/** Draws the sentences that were sent to the voice. */
export function drawSentences(parent: SVGElement, call: CallModel, view: View): void {
  const { from, to, x } = view;
  const { top, height } = lane('sentences');
  const all = call.all('Sentence');
  const sentences = between(all, from, to);
  if (drawnAsCrowd(parent, sentences, view)) return;
  const before = firstIndex(all, ({ at }) => at >= from);
  for (const [index, sentence] of sentences.entries()) {
    const left = x(sentence.at);
    // two rows make room for the next sentence; a sentence keeps its row, whatever is in view
    const y = top + ((before + index) % 2 === 0 ? 0.3 : 0.8) * height;
    const next = sentences[index + 2];
    const mark = place(markOf(parent, sentence), left, y);
    const room = Math.min(260, (next ? x(next.at) : Infinity) - left - 12);
    add(mark, 'path', { d: `M${round(left)},${round(y - 7)}v14` });
    add(mark, 'text', { class: 'note', x: left + 5, y: y + 4 }, fitted(sentence.text.trim(), room));
  }
}
