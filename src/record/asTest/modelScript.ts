import type { ModelScript, Reply } from '../../emulator/scenario/scenario.ts';
import { isWhole, type RecordedRequest } from '../file/requests.ts';
import { median } from '../median.ts';

type Asked = RecordedRequest & { readonly tokens: readonly { readonly at: number; readonly text: string }[] };

/**
 * Scripts the model of an excerpt at its usual pace: answers by the caller's words, and by turn where the same words had different answers.
 * `turnsBefore`: how many messages of the caller the conversation begins with.
 */
export function modelScriptOf(
  requests: readonly RecordedRequest[],
  turnsBefore: number,
): { readonly model: ModelScript; readonly byTurn: boolean } {
  const asked = requests.map((request): Asked => ({ ...request, tokens: tokensOf(request) }));
  const { firstTokenMs, tokenMs } = paceOf(asked);
  const patienceMs = silenceMs + 10 * (tokenMs ?? 0);
  const isStalled = ({ at, tokens, end }: Asked) => {
    const lastAt = tokens.at(-1)?.at ?? at + (firstTokenMs ?? 0);
    return end?.left === true && end.at - lastAt > patienceMs;
  };

  const groups = new Map<string, Asked[]>();
  for (const one of asked) {
    const key = one.asked.trim().toLowerCase();
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const [byWords, byTurn] = [[...groups.values()].filter(hasOneAnswer), [...groups.values()].filter((all) => !hasOneAnswer(all))];
  const answers = byWords.map((all): Reply => ({ when: all[0]?.asked.trim() ?? '', ...replyOf(all, isStalled) }));
  const lastTurn = Math.max(0, ...byTurn.flat().map(({ turns }) => turns));
  const inTurn = Array.from({ length: lastTurn - turnsBefore }, (_, at) => {
    const isOfTurn = ({ turns }: Asked) => turns === at + 1 + turnsBefore;
    const all = byTurn.findLast((all) => all.some(isOfTurn))?.filter(isOfTurn);
    const { say, ...trouble } = all ? replyOf(all, isStalled) : { say: notAsked };
    return Object.keys(trouble).length > 0 ? { say, ...trouble } : say;
  });
  const replies = [...specificFirst(answers), ...inTurn];
  return {
    byTurn: byTurn.length > 0,
    model: {
      ...(firstTokenMs !== undefined && { firstTokenMs: Math.round(firstTokenMs) }),
      ...(tokenMs !== undefined && { tokenMs: Math.round(tokenMs) }),
      ...(replies.length > 0 && { replies }),
    },
  };
}

/** Whether requests with the same words of the caller had at most one answer. */
function hasOneAnswer(all: readonly Asked[]): boolean {
  const answers = new Set(all.filter(isWhole).map(({ tokens }) => textOf(tokens)));
  return answers.size <= 1 && all[0]?.asked.trim() !== '';
}

function paceOf(asked: readonly Asked[]): { readonly firstTokenMs: number | undefined; readonly tokenMs: number | undefined } {
  const firsts = asked.flatMap(({ at, tokens: [first], end }) => {
    const firstAt = first?.at ?? (end?.error && end.at);
    return firstAt === undefined ? [] : [firstAt - at];
  });
  const gaps = asked.flatMap(({ tokens }) => {
    const words = wordsOf(textOf(tokens)).length;
    return words > 1 ? [((tokens.at(-1)?.at ?? 0) - (tokens[0]?.at ?? 0)) / (words - 1)] : [];
  });
  return { firstTokenMs: median(firsts), tokenMs: median(gaps) };
}

/** A model that writes nothing for this long and for ten words longer is stalled. */
const silenceMs = 300;

/** The HTTP status of a refusal, by the code of its error. */
const statuses: Readonly<Record<string, number>> = { invalid: 400, unauthorized: 401, 'not-found': 404, busy: 429 };

/** Texts for what the recording does not contain. */
const unknown = ' (What would have followed was not recorded.)';
const notAsked = '(What would have been said here was not recorded.)';

/** The reply to all requests of the same words: the whole answer, and how earlier attempts failed. */
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

/** Puts longer words before words that they contain, which would match them too. */
function specificFirst(replies: readonly Reply[]): readonly Reply[] {
  const sorted: Reply[] = [];
  for (const reply of replies) {
    const contains = (one: Reply) => (reply.when ?? '').toLowerCase().includes((one.when ?? '').toLowerCase());
    const before = sorted.findIndex(contains);
    sorted.splice(before < 0 ? sorted.length : before, 0, reply);
  }
  return sorted;
}

const tokensOf = ({ thoughts }: RecordedRequest) =>
  thoughts.flatMap(({ at, thought }) => (thought.type === 'Token' ? [{ at, text: thought.text }] : []));
const textOf = (tokens: Asked['tokens']) => tokens.map(({ text }) => text).join('');
const wordsOf = (text: string) => text.match(/\S+/g) ?? [];
