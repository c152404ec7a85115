import { asyncScheduler, filter, map, ReplaySubject, take, timer } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { Sentence, Speak, Speech } from '../../operators/events.ts';
import { aura } from '../../src/tts/aura.ts';
import { scriptedAura, newLog, type AuraConfig, type AuraLog } from './scriptedAura.ts';

/** The fate of a reply: dropped as a draft, settled and heard to its end, or settled and cut. Times from its start. */
export type Fate = { readonly drop: number } | { readonly settle: number; readonly cut?: number };

export interface Plan {
  /** How long after the end of the reply before it this one starts; with `overlap`, after its start. */
  readonly gapMs: number;
  readonly overlap?: boolean;
  readonly sentences: readonly Sentence[];
  /** The first sentence is sent at once, each next one this much later. */
  readonly everyMs: number;
  readonly fate: Fate;
}

export interface Heard {
  startedAt: number;
  firstAudioMs?: number;
  speech: Speech[];
  /** The sum of its `Spent`. */
  characters: number;
  ended?: 'completed' | 'errored' | 'left';
  endedMs?: number;
  /** Values after its end. */
  late: number;
}

export interface Call {
  readonly replies: readonly Heard[];
  readonly log: AuraLog;
  readonly errors: readonly unknown[];
  /** The time of the last event. */
  readonly overAt: number;
}

/** Speaks the replies one after another with one voice in virtual time, hangs up, and runs all remaining timers. */
export function play(plans: readonly Plan[], config: AuraConfig = {}): Call {
  const log = newLog();
  const errors: unknown[] = [];
  const replies: Heard[] = [];
  let overAt = 0;

  new TestScheduler(() => undefined).run(({ flush }) => {
    let speak: Speak | undefined;
    const call = aura({ sampleRateHz: 1000 }, scriptedAura(log, config)).subscribe({
      next: (voice) => (speak = voice),
      error: (error: unknown) => errors.push(error),
    });

    const isOver = () => replies.length === plans.length && replies.every(({ ended }) => ended);
    const hangUpLater = () => timer(5000).subscribe(() => call.unsubscribe());
    const start = (index: number): void => {
      const plan = plans[index];
      if (plan === undefined) return;
      const next = () => start(index + 1);
      const overlapped = plans[index + 1]?.overlap === true;
      timer(plan.gapMs).subscribe(() => {
        const heard: Heard = { startedAt: asyncScheduler.now(), speech: [], characters: 0, late: 0 };
        replies.push(heard);
        speakReply(plan, heard, speak!, (how) => {
          heard.ended = how;
          heard.endedMs = asyncScheduler.now() - heard.startedAt;
          if (!overlapped) next();
          if (isOver()) hangUpLater();
        });
        if (overlapped) next();
      });
    };
    start(0);
    flush();
    overAt = asyncScheduler.now();
  });
  return { replies, log, errors, overAt };
}

function speakReply(
  { sentences, everyMs, fate }: Plan,
  heard: Heard,
  speak: Speak,
  ended: (how: NonNullable<Heard['ended']>) => void,
): void {
  const settled = new ReplaySubject<true>(1);
  const leaveMs = 'drop' in fate ? fate.drop : fate.cut;
  const words = timer(0, everyMs).pipe(
    take(sentences.length),
    map((index) => sentences[index]!),
  );
  const reply = words.pipe(speak({ settled })).subscribe({
    next: (event) => {
      if (heard.ended) heard.late += 1;
      if (event.type === 'Spent') heard.characters += event.characters;
      if (event.type !== 'Speech') return;
      heard.firstAudioMs ??= asyncScheduler.now() - heard.startedAt;
      heard.speech.push(event);
    },
    error: () => ended('errored'),
    complete: () => ended('completed'),
  });
  if ('settle' in fate) timer(fate.settle).subscribe(() => settled.next(true));
  if (leaveMs === undefined) return;
  timer(leaveMs)
    .pipe(filter(() => !reply.closed))
    .subscribe(() => {
      reply.unsubscribe();
      ended('left');
    });
}

/** The reply's segments: their text, their sound, and whether they are complete. */
export function segmentsOf({ speech }: Heard): { text: string; sound: Uint8Array; whole: boolean }[] {
  const segments: { text: string; sound: Uint8Array; whole: boolean }[] = [];
  let over = true;
  for (const { text, audio, last, brokenOff } of speech) {
    let segment = segments.at(-1);
    if (segment === undefined || over) segments.push((segment = { text, sound: new Uint8Array(0), whole: false }));
    if (brokenOff === true && segment.text.startsWith(text)) segment.text = text;
    if (segment.text !== text) throw new Error(`the text changed inside a segment: "${segment.text}", "${text}"`);
    segment.sound = Buffer.concat([segment.sound, audio.data]);
    segment.whole = last === true && brokenOff !== true;
    over = last === true;
  }
  return segments;
}
