import type { ChatMessage } from '../backend.ts';
import type { ModelScript, Reply } from './scenario.ts';

type Entry = string | Reply;

/**
 * The entry that answers: the first whose `when` is part of the last user message; else, of those without `when`, the one of
 * this user turn (counted by user messages, so that drafts and retries of a turn get the same), the last one again and again.
 */
export function chosenReply(replies: ModelScript['replies'], messages: readonly ChatMessage[]): Entry {
  if (typeof replies === 'function') return replies(messages);
  const entries = replies ?? [];
  const heard = messages.findLast(isUser)?.content.toLowerCase() ?? '';
  const matching = entries.find(
    (entry) => typeof entry === 'object' && entry.when !== undefined && heard.includes(entry.when.toLowerCase()),
  );
  if (matching !== undefined) return matching;
  const inTurn = entries.filter((entry) => typeof entry === 'string' || entry.when === undefined);
  if (inTurn.length < 2) return inTurn[0] ?? 'Sure.'; // a long call is not counted at each of its requests
  const turns = messages.filter(isUser).length;
  return inTurn[Math.max(0, turns - 1)] ?? inTurn.at(-1) ?? 'Sure.';
}

const isUser = ({ role }: ChatMessage) => role === 'user';

/** The reply on its nth use: an entry whose faults are used up just says what it says. */
export function withFaults(entry: Entry, use: number): Reply {
  if (typeof entry === 'string') return { say: entry };
  return use > (entry.times ?? Infinity) ? { say: entry.say } : entry;
}
