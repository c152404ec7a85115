import type { Answer } from './answerSpans.ts';
import type { Call } from './callModel.ts';
import type { Turn } from './turnSpans.ts';
import { clock } from './clock.ts';
import { element } from './elements.ts';
import { inWords } from '../../record/inWords.ts';

/** What was said, as text: for those who rather read, and on paper. Each line leads to its stretch of the chart. */
export function conversation(call: Call, show: (from: number, to: number) => void): HTMLElement {
  const lines = [
    ...call.turns
      .filter(({ last }) => last.transcript.trim() !== '')
      .map((turn) => ({ ...turnLine(turn), from: turn.from, to: turn.to })),
    ...call.answers.map((answer) => ({ ...answerLine(answer, call), from: answer.from, to: answer.to })),
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

interface Line {
  readonly who: 'caller' | 'agent';
  readonly said: readonly (Node | string)[];
  readonly note: string;
}

function turnLine({ last, ignored }: Turn): Line {
  return { who: 'caller', said: [last.transcript], note: ignored ? inWords(ignored) : '' };
}

/** What was heard of a reply, and, struck out, what was not. */
function answerLine({ text, heard, interrupted, reply, isOver }: Answer, call: Call): Line {
  const unheard = (interrupted || !isOver) && text.startsWith(heard.trimEnd()) ? text.slice(heard.trimEnd().length).trim() : '';
  const { endOfTurn = null, firstSound = null } = call.latencyOf(reply) ?? {};
  const waited = endOfTurn === null || firstSound === null ? '' : `after ${Math.round(firstSound - endOfTurn)} ms`;
  const said = [heard, ...(unheard === '' ? [] : [' ', element('del', {}, unheard)])];
  const ended = interrupted ? 'interrupted' : isOver ? '' : 'the recording ended in it';
  return { who: 'agent', said, note: [waited, ended].filter((part) => part !== '').join(', ') };
}
