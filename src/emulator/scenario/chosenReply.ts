import type { ChatMessage } from '../backend.ts';
import type { ModelScript, Reply } from './scenario.ts';

type Entry = string | Reply;

/**
 * Chooses the entry that answers: the first whose `when` is part of the last user message. Without one, the entries without
 * `when` answer one user turn each, and the last of them repeats. Turns are counted by user messages, so drafts and retries of a
 * turn get the same entry.
 */
export function chosenReply(replies: ModelScript['replies'], messages: readonly ChatMessage[]): Entry {
  if (typeof replies === 'function') return replies(messages);
  const entries = replies ?? [];
  const lastWords = messages.findLast(isUser)?.content.toLowerCase() ?? '';
  const matching = entries.find(
    (entry) => typeof entry === 'object' && entry.when !== undefined && lastWords.includes(entry.when.toLowerCase()),
  );
  if (matching !== undefined) return matching;
  const inTurn = entries.filter((entry) => typeof entry === 'string' || entry.when === undefined);
  if (inTurn.length < 2) return inTurn[0] ?? 'Sure.'; // Saves counting the messages of a long call at each request.
  const turns = messages.filter(isUser).length;
  return inTurn[Math.max(0, turns - 1)] ?? inTurn.at(-1) ?? 'Sure.';
}

const isUser = ({ role }: ChatMessage) => role === 'user';

/** The reply on its nth use. The entry's faults apply only to the first `times` uses. */
export function replyOnUse(entry: Entry, use: number): Reply {
  if (typeof entry === 'string') return { say: entry };
  return use > (entry.times ?? Infinity) ? { say: entry.say } : entry;
}
