import type { FluxWord, TurnInfo } from '../../flux/messages.ts';
import { isBlank, TurnMachine, type TurnMoment, type TurnStep, type TurnThresholds } from '../../flux/turnMachine.ts';
import type { RecordedMoment } from './momentReader.ts';

/** A turn event as Flux would have sent it, without the ids of its connection. */
export type RedecidedTurnInfo = Omit<TurnInfo, 'request_id' | 'sequence_id' | 'trigger'> & {
  readonly trigger: string | undefined;
  /** The recording does not prove this. */
  readonly assumed: boolean;
};

interface Text {
  readonly transcript: string;
  readonly words: readonly FluxWord[];
}

/** The time resolution of a recording: Flux sends a message each 250 ms. */
const resolutionMs = 250;
const noText: Text = { transcript: '', words: [] };

/**
 * Decides the recorded turns of one connection again, with other thresholds and Flux's state machine (`TurnMachine`).
 *
 * If a turn ends earlier than recorded, the rest of its words belong to the next turn. If a turn goes on after its recorded
 * end, it keeps its last confidence, the only one that is known, until there are words again.
 */
export class TurnRedecider {
  readonly #machine = new TurnMachine();
  readonly #thresholds: TurnThresholds;
  #startMs = 0;
  #last: RecordedMoment | undefined;
  #recordedTurn = -1;
  /** How many words of the recorded turn belong to turns that are over. */
  #usedWords = 0;
  /** The text of this turn from earlier recorded turns. */
  #carried = noText;
  #text = noText;
  #confidence = 0;
  #speechMs = 0;

  constructor(thresholds: TurnThresholds) {
    this.#thresholds = thresholds;
  }

  /** When the last word of the turn ended, as far as is known. */
  get speechMs(): number {
    return this.#speechMs;
  }

  decide(moment: RecordedMoment): readonly RedecidedTurnInfo[] {
    this.#take(moment);
    const { event, trigger, endMs } = moment;
    const ended = event === 'EndOfTurn';
    const infos = this.#advance({
      transcript: this.#text.transcript,
      confidence: this.#confidence,
      silenceMs: endMs - this.#speechMs + (ended && trigger === 'timeout' ? resolutionMs : 0),
      resumed: event === 'TurnResumed',
      endedBy: ended && trigger !== 'model' && trigger !== 'timeout' ? trigger : undefined,
      // A message has one event, unless the end of the turn was decided at it too.
      oneStep: !ended && event !== 'EagerEndOfTurn',
    });
    return infos.length > 0 ? infos : [this.#info({ event: 'Update', turnIndex: this.#machine.turnIndex })];
  }

  /** Ends the open turn by hand at the last moment, where the recording did not. */
  forceEnd(): RedecidedTurnInfo | undefined {
    const [end] = this.#advance({ ...this.#text, confidence: this.#confidence, silenceMs: 0, endedBy: 'manual' });
    return end && { ...end, assumed: true };
  }

  #take(moment: RecordedMoment): void {
    const idle = this.#machine.phase === 'idle';
    this.#last = moment;
    if (moment.turnIndex !== this.#recordedTurn) {
      this.#recordedTurn = moment.turnIndex;
      this.#usedWords = 0;
      this.#carried = idle ? noText : this.#text;
    }
    if (idle) {
      this.#usedWords = Math.min(this.#usedWords, wordCount(moment));
      this.#startMs = Math.max(this.#startMs, moment.startMs);
    }
    const rest = after(moment, this.#usedWords);
    const carries = !isBlank(this.#carried.transcript);
    const hasMore = !isBlank(rest.transcript);
    this.#text = !carries ? rest : hasMore ? joined(this.#carried, rest) : this.#carried;
    if (hasMore || !carries) this.#confidence = moment.confidence;
    if (hasMore) this.#speechMs = moment.speechMs;
  }

  #advance(moment: TurnMoment): readonly RedecidedTurnInfo[] {
    const infos = this.#machine.advance(moment, this.#thresholds).map((step) => this.#info(step));
    if (this.#last && infos.at(-1)?.event === 'EndOfTurn') {
      this.#startMs = this.#last.endMs;
      this.#usedWords = wordCount(this.#last);
      this.#carried = noText;
      this.#text = noText;
    }
    return infos;
  }

  #info({ event, turnIndex, trigger }: TurnStep): RedecidedTurnInfo {
    return {
      type: 'TurnInfo',
      event,
      turn_index: turnIndex,
      audio_window_start: this.#startMs / 1000,
      audio_window_end: (this.#last?.endMs ?? 0) / 1000,
      transcript: this.#text.transcript,
      words: this.#text.words,
      end_of_turn_confidence: this.#confidence,
      trigger,
      assumed: !isBlank(this.#carried.transcript) || this.#usedWords > 0,
    };
  }
}

/** How many words a text has: as Flux lists them, else as spaces separate them. */
function wordCount({ words, transcript }: Text): number {
  return words.length > 0 ? words.length : spaced(transcript).length;
}

/** The text after its first `count` words. */
function after({ words, transcript }: Text, count: number): Text {
  if (count === 0) return { transcript, words };
  if (words.length === 0) return { transcript: spaced(transcript).slice(count).join(' '), words };
  let from = 0;
  for (const { word } of words.slice(0, count)) {
    const at = transcript.indexOf(word, from);
    if (at >= 0) from = at + word.length;
  }
  const rest = words.slice(count);
  return { transcript: rest.length === 0 ? '' : transcript.slice(from).trim(), words: rest };
}

const joined = (one: Text, two: Text): Text => ({
  transcript: `${one.transcript} ${two.transcript}`,
  words: [...one.words, ...two.words],
});
const spaced = (text: string) => text.split(/\s+/u).filter((word) => word !== '');
