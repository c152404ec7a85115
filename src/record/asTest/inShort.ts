import type { AgentEvent } from '../../../operators/events.ts';
import { harmless } from './source.ts';
import type { Stretch } from './excerpt.ts';

/** How much of what was said is quoted. */
const quotedLength = 48;

const counted = (count: number, one: string, several = `${one}s`) => `${count} ${count === 1 ? one : several}`;
const listed = (parts: readonly string[]) =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;

/** What was observed, in half a sentence. */
export function inShort({ turn, events }: Stretch): string {
  return turn === undefined ? ofCall(events) : ofTurn(events, turn);
}

function ofCall(events: readonly AgentEvent[]): string {
  const count = (is: (event: AgentEvent) => boolean) => events.filter(is).length;
  const cut = count(({ type }) => type === 'BargeIn');
  const dropped = count(({ type }) => type === 'DraftDropped');
  const ignored = count(({ type }) => type === 'TurnIgnored');
  const heard = count((event) => event.type === 'ReplyEnded' && event.heard !== '');
  return listed([
    counted(
      count(({ type }) => type === 'TurnTaken'),
      'turn',
    ),
    ...(ignored > 0 ? [`${ignored} ignored`] : []),
    counted(heard, 'reply', 'replies'),
    ...(cut > 0 ? [`${cut} cut off`] : []),
    ...(dropped > 0 ? [counted(dropped, 'draft dropped', 'drafts dropped')] : []),
  ]);
}

function ofTurn(events: readonly AgentEvent[], turn: string): string {
  const own = events.filter((event) => 'turn' in event && event.turn === turn);
  const replies = new Set(own.flatMap((event) => ('reply' in event ? [event.reply] : [])));
  const ended = events.filter((event) => event.type === 'ReplyEnded');
  const [first] = own;
  const decided = own.findLast(({ type }) => type === 'EndOfTurn' || type === 'TurnTaken' || type === 'TurnIgnored') ?? first;
  const cuts = events.filter((event) => event.type === 'BargeIn');
  const isItsCut = ({ id }: AgentEvent) => first !== undefined && decided !== undefined && id > first.id && id < decided.id;
  const cut = ended.find(({ reply }) => cuts.some((one) => one.reply === reply && isItsCut(one)));
  const answer = ended.find(({ reply, heard }) => replies.has(reply) && heard !== '');
  const ignored = own.find((event) => event.type === 'TurnIgnored');
  const did = [
    ...(cut ? [`cuts the agent off${cut.heard === '' ? '' : ` at “${harmless(lastOf(cut.heard))}”`}`] : []),
    ...(own.some(({ type }) => type === 'TurnResumed') ? ['goes on after a pause'] : []),
    ...(answer ? ['is answered'] : ignored ? [`is not answered (${ignored.reason})`] : []),
    ...(cuts.some(({ reply }) => reply === answer?.reply) ? ['cuts the answer off'] : []),
  ];
  return did.length > 0 ? `the caller ${listed(did)}` : 'the caller says something';
}

/** The end of what was heard. */
const lastOf = (text: string) => (text.length > quotedLength ? `…${text.slice(-quotedLength).replace(/^\S*\s/, '')}` : text);
