/**
 * The rules that Flux's messages follow (docs/wire/flux.md §4, §5):
 *
 * - `message`: text frames of JSON, with the fields of their type
 * - `connected`: `Connected` is the first message of a connection and comes once
 * - `sequence`: `sequence_id` is 0 on `Connected` and one more on each message after it, of any type
 * - `request-id`: the same on every message of a connection; only `Error` may lack it
 * - `fatal`: nothing follows `Error`
 * - `turn-index`: from 0, one more right after each `EndOfTurn`
 * - `order`: the state machine of a turn; words occur within turns only
 * - `text`: `StartOfTurn` and `EagerEndOfTurn` have words
 * - `draft`: from `EagerEndOfTurn` to the end of the turn the transcript does not change, unless `TurnResumed` comes first
 * - `eager`: no `EagerEndOfTurn` without `eager_eot_threshold`
 * - `trigger`: only on `EndOfTurn`
 * - `window`: audio windows never go back
 */
export type FluxRule =
  | 'message'
  | 'connected'
  | 'sequence'
  | 'request-id'
  | 'fatal'
  | 'turn-index'
  | 'order'
  | 'text'
  | 'draft'
  | 'eager'
  | 'trigger'
  | 'window';

/** Called with each rule that a message breaks. */
export type Report = (rule: FluxRule, message: string) => void;
