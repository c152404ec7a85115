import { isCancelled } from '../../../operators/call/isCancelled.ts';
import { inWords } from '../../record/inWords.ts';
import type { CallModel } from './callModel.ts';
import { clock } from './clock.ts';
import { element } from './elements.ts';
import type { Reply } from './replySpans.ts';
import type { Span } from './span.ts';
import type { Turn } from './turnSpans.ts';

/** The conversation as text, also on paper. Each line has a button that shows its part of the chart. */
export function conversation(call: CallModel, show: (from: number, to: number) => void): HTMLElement {
  const lines = [
    ...call.turns.filter(({ last }) => last.transcript.trim() !== '').map(turnLine),
    ...call.replies.map((reply) => replyLine(reply, call)),
  ].toSorted((one, other) => one.from - other.from);
  const items = lines.map(({ who, said, note, from, to }) => {
    const go = element('button', { type: 'button' }, clock(from));
    go.addEventListener('click', () => show(from, to));
    return element(
      'li',
      { class: who },
      go,
      element('span', { class: 'who' }, who),
      element('span', { class: 'said' }, ...said),
      element('span', { class: 'note' }, note),
    );
  });
  return element(
    'section',
    { class: 'conversation', 'aria-label': 'The conversation' },
    element('h2', {}, 'The conversation'),
    items.length > 0 ? element('ol', {}, ...items) : element('p', {}, 'Nobody said anything.'),
  );
}

interface Line extends Span {
  readonly who: 'caller' | 'agent';
  readonly said: readonly (Node | string)[];
  readonly note: string;
}

function turnLine({ last, ignored, from, to }: Turn): Line {
  return { from, to, who: 'caller', said: [last.transcript], note: ignored ? inWords(ignored) : '' };
}

/** The part of a reply that was heard and, struck out, the rest. */
function replyLine(line: Reply, call: CallModel): Line {
  const { from, to, text, heard, interrupted, reply, isOver } = line;
  const unheard = (interrupted || !isOver) && text.startsWith(heard.trimEnd()) ? text.slice(heard.trimEnd().length).trim() : '';
  const { endOfTurn = null, firstSound = null } = call.latencyOf(reply) ?? {};
  const waited = endOfTurn === null || firstSound === null ? '' : `after ${Math.round(firstSound - endOfTurn)} ms`;
  const said = [heard, ...(unheard === '' ? [] : [' ', element('del', {}, unheard)])];
  const fate = interrupted ? 'interrupted' : isOver ? '' : 'the recording ends here';
  const ended = isCancelled(line) ? 'cancelled' : fate;
  return { from, to, who: 'agent', said, note: [waited, ended].filter((part) => part !== '').join(', ') };
}
