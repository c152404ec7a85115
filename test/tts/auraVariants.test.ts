import { concatMap, delay, EMPTY, from, map, mergeMap, of, takeUntil, timer } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import type { Sentence } from '../../operators/events.ts';
import { auraWire } from '../../src/emulator/scenario/index.ts';
import type { SpeakVariant } from '../../src/emulator/faults/variant.ts';
import { aura } from '../../src/tts/aura.ts';

const sentences = (...texts: string[]) =>
  from(texts).pipe(concatMap((text) => of<Sentence>({ text, spoken: text.trim() }).pipe(delay(5))));

/** What is heard of two replies, the first of which is cut: each with how much, of which text. */
function heard(variant: SpeakVariant): readonly string[] {
  const told: string[] = [];
  new TestScheduler(() => undefined).run(() => {
    const far = { service: 'speak', kind: 'latency', ms: 60 } as const;
    const wire = auraWire({ speech: { msPerChar: 20 }, faults: [{ service: 'speak', kind: 'variant', ...variant }, far] });
    const replies = aura({ random: () => 0 }, wire).pipe(
      mergeMap((speak, socket) => {
        if (socket > 0) return of('another socket');
        const first = sentences('Hello there. ', `How are you${', and you'.repeat(10)}? `).pipe(
          speak({ settled: of(true) }),
          takeUntil(timer(450)),
        );
        const second = sentences('And now this.').pipe(speak({ settled: of(true) }));
        return from([first, second]).pipe(
          concatMap((reply) => reply),
          mergeMap((said) => (said.type === 'Spent' ? EMPTY : of(said))),
          map((said) =>
            said.type === 'Speech' ? `${said.text}${said.audio.data.length}${said.last ? ' last' : ''}` : said.code,
          ),
        );
      }),
      takeUntil(timer(10_000)),
    );
    replies.subscribe((one) => told.push(one));
  });
  return told;
}

describe('aura', () => {
  it.each<SpeakVariant>([
    { sound: 'before Flush' },
    { close: 'at once' },
    { emptyFlush: 'unanswered' },
    { cutFlush: 'Flushed' },
    { sequence: 'zero' },
    { sequence: 'by type' },
  ])('hears the same from an Aura with %o', (variant) => {
    const plain = heard({});
    expect(plain.filter((one) => one.startsWith('And now this.'))).toHaveLength(8);
    expect(plain.at(-1)).toBe('And now this.0 last');
    expect(heard(variant)).toStrictEqual(plain);
  });
});
