import { isCount, isRecord, type JsonObject } from '../../../operators/core/json.ts';
import { turnEvents, type FluxTurnEvent, type FluxWord } from '../../flux/messages.ts';

/** A lower confidence means nothing: it flickers. */
const meaningful = 0.2;

/** A recorded `TurnInfo`. Times are ms on the connection's audio clock. */
export interface RecordedMoment {
  readonly event: FluxTurnEvent;
  readonly turnIndex: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly transcript: string;
  readonly words: readonly FluxWord[];
  readonly confidence: number;
  readonly trigger?: string;
  /**
   * When the caller last spoke: the end of the last word; without word times, when the transcript last changed; or when the
   * confidence fell by half, which only voice causes, even before its word is recognised.
   */
  readonly speechMs: number;
  readonly languages: JsonObject;
}

/** Reads the `TurnInfo`s of one connection. It tolerates anything: missing and odd fields get a default, time never goes back. */
export class MomentReader {
  #turnIndex = 0;
  #startMs = 0;
  #endMs = 0;
  #transcript = '';
  #changedMs = 0;
  #voiceMs = 0;
  #confidence = 0;

  /** `undefined` for an unknown event, and for a turn that is over. */
  read(info: JsonObject): RecordedMoment | undefined {
    const { turn_index: turnIndex, trigger, transcript: text } = info;
    const event = turnEvents.find((known) => known === info['event']);
    if (event === undefined || !isCount(turnIndex) || turnIndex < this.#turnIndex) return undefined;
    if (turnIndex > this.#turnIndex) this.#startTurn(turnIndex);

    this.#endMs = Math.max(this.#endMs, ms(info['audio_window_end']) ?? 0);
    this.#startMs = Math.max(this.#startMs, Math.min(ms(info['audio_window_start']) ?? 0, this.#endMs));
    const transcript = typeof text === 'string' ? text : '';
    const words = Array.isArray(info['words']) ? info['words'].flatMap(wordOf) : [];
    const confidence = share(info['end_of_turn_confidence']);
    if (transcript !== this.#transcript) this.#changedMs = this.#endMs;
    else if (this.#confidence >= meaningful && confidence < this.#confidence / 2) this.#voiceMs = this.#endMs;
    this.#transcript = transcript;
    this.#confidence = confidence;
    const moment: RecordedMoment = {
      event,
      turnIndex,
      startMs: this.#startMs,
      endMs: this.#endMs,
      transcript,
      words,
      confidence,
      ...(typeof trigger === 'string' && { trigger }),
      speechMs: Math.max(ms(words.at(-1)?.end) ?? this.#changedMs, this.#voiceMs),
      languages: Object.fromEntries(Object.entries(info).filter(([name]) => languageFields.includes(name))),
    };
    if (event === 'EndOfTurn') this.#startTurn(turnIndex + 1);
    return moment;
  }

  #startTurn(turnIndex: number): void {
    this.#turnIndex = turnIndex;
    this.#transcript = '';
    this.#changedMs = this.#endMs;
    this.#voiceMs = 0;
    this.#confidence = 0;
  }
}

const languageFields = ['languages', 'languages_hinted'];

function wordOf(value: unknown): FluxWord[] {
  if (!isRecord(value) || typeof value['word'] !== 'string') return [];
  const { word, start, end } = value;
  const times = isSeconds(start) && isSeconds(end) ? { start, end } : {};
  return [{ word, confidence: share(value['confidence']), ...times }];
}

const isSeconds = (value: unknown): value is number => Number.isFinite(value) && (value as number) >= 0;
const ms = (seconds: unknown) => (isSeconds(seconds) ? Math.round(seconds * 1000) : undefined);
const share = (value: unknown) => (Number.isFinite(value) ? Math.min(1, Math.max(0, value as number)) : 0);
