import type { Message } from '../../../operators/events.ts';
import type { ModelScript, Reply } from '../../emulator/scenario/scenario.ts';
import { isKind, type EndLine, type Line } from '../file/lines.ts';
import { median } from '../replay/voiceTimings.ts';
import type { Stretch } from './excerpt.ts';

/** A request to the model, and what came of it. */
export interface Asked {
  readonly at: number;
  /** What the caller had said last. */
  readonly said: string;
  /** How many messages of the caller it had. */
  readonly turns: number;
  readonly tokens: { readonly at: number; readonly text: string }[];
  end: EndLine | undefined;
}

/** The requests that were made in a stretch of a recording. */
export function askedIn(lines: readonly Line[], { begin, to }: Stretch): readonly Asked[] {
  const found = new Map<number, Asked>();
  let messages: readonly Message[] = [];
  for (const line of lines) {
    if (isKind(line, 'request')) {
      messages = [...messages.slice(0, line.since ?? 0), ...line.messages];
      const users = messages.filter(({ role }) => role === 'user');
      found.set(line.request, {
        at: line.at,
        said: users.at(-1)?.content ?? '',
        turns: users.length,
        tokens: [],
        end: undefined,
      });
    } else if (isKind(line, 'token')) found.get(line.token)?.tokens.push({ at: line.at, text: line.text });
    else if (isKind(line, 'end')) {
      const asked = found.get(line.end);
      if (asked) asked.end ??= line;
    }
  }
  return [...found.values()].filter(({ at }) => at >= begin && at <= to);
}

/** The model of a stretch: what it said to which words, at the pace that it usually had. */
export function modelOf(
  asked: readonly Asked[],
  /** How many messages of the caller the conversation begins with. */
  turnsBefore: number,
): { readonly model: ModelScript; readonly byTurn: boolean } {
  const firsts = asked.flatMap(({ at, tokens: [first], end }) => {
    const firstAt = first?.at ?? (end?.error && end.at);
    return firstAt === undefined ? [] : [firstAt - at];
  });
  const gaps = asked.flatMap(({ tokens }) => {
    const words = wordsOf(textOf(tokens)).length;
    return words > 1 ? [((tokens.at(-1)?.at ?? 0) - (tokens[0]?.at ?? 0)) / (words - 1)] : [];
  });
  const firstTokenMs = median(firsts);
  const tokenMs = median(gaps);

  const groups = new Map<string, Asked[]>();
  for (const one of asked) {
    const key = one.said.trim().toLowerCase();
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const patienceMs = silenceMs + 10 * (tokenMs ?? 0);
  const isStalled = ({ at, tokens, end }: Asked) => {
    const since = tokens.at(-1)?.at ?? at + (firstTokenMs ?? 0);
    return end?.left === true && end.at - since > patienceMs;
  };
  const replies: Reply[] = [];
  let byTurn = false;
  const turns = new Map<number, Reply>();
  for (const [key, all] of groups) {
    const texts = new Set(all.filter(isWhole).map(({ tokens }) => textOf(tokens)));
    if (texts.size > 1 || key === '') {
      byTurn = true;
      for (const one of all)
        turns.set(
          one.turns,
          replyOf(
            all.filter(({ turns }) => turns === one.turns),
            isStalled,
          ),
        );
    } else replies.push({ when: all[0]?.said.trim() ?? '', ...replyOf(all, isStalled) });
  }
  const inTurn = Array.from({ length: Math.max(0, ...turns.keys()) - turnsBefore }, (_, at) => {
    const { say, ...trouble } = turns.get(at + 1 + turnsBefore) ?? { say: notAsked };
    return Object.keys(trouble).length > 0 ? { say, ...trouble } : say;
  });
  const script = [...specificFirst(replies), ...inTurn];
  return {
    byTurn,
    model: {
      ...(firstTokenMs !== undefined && { firstTokenMs: Math.round(firstTokenMs) }),
      ...(tokenMs !== undefined && { tokenMs: Math.round(tokenMs) }),
      ...(script.length > 0 && { replies: script }),
    },
  };
}

/** A model that says nothing for so long, and ten times as long as it takes for a word, is stuck. */
const silenceMs = 300;

/** With what a model refuses a request, by the code of the error. */
const statuses: Readonly<Record<string, number>> = { invalid: 400, unauthorized: 401, 'not-found': 404, busy: 429 };

/** What the recording does not tell. */
const unknown = ' (What would have followed was not recorded.)';
const notAsked = '(What would have been said here was not recorded.)';

/** What was answered to the same words: in vain at first, it may be, and then to its end. */
function replyOf(all: readonly Asked[], isStalled: (asked: Asked) => boolean): Reply {
  const whole = all.find(isWhole);
  const failed = all.filter((one) => one.end?.error !== undefined || isStalled(one));
  const longest = all.map(({ tokens }) => textOf(tokens)).reduce((one, other) => (other.length > one.length ? other : one), '');
  const say = whole ? textOf(whole.tokens) : `${longest}${unknown}`.trimStart();
  const [first] = failed;
  if (!first) return { say };
  const said = wordsOf(textOf(first.tokens)).length;
  const status = said === 0 ? statuses[first.end?.error?.code ?? ''] : undefined;
  const trouble = isStalled(first) ? { stallAfterTokens: said } : status !== undefined ? { status } : { failAfterTokens: said };
  return { say, ...trouble, ...(whole && { times: failed.length }) };
}

/** Words that are part of others would answer for them, did they not come after them. */
function specificFirst(replies: readonly Reply[]): readonly Reply[] {
  const sorted: Reply[] = [];
  for (const reply of replies) {
    const contains = (one: Reply) => (reply.when ?? '').toLowerCase().includes((one.when ?? '').toLowerCase());
    const before = sorted.findIndex(contains);
    sorted.splice(before < 0 ? sorted.length : before, 0, reply);
  }
  return sorted;
}

const isWhole = ({ end }: Asked) => end !== undefined && !end.left && !end.error;
const textOf = (tokens: Asked['tokens']) => tokens.map(({ text }) => text).join('');
const wordsOf = (text: string) => text.match(/\S+/g) ?? [];
