import { of, type Observable, type OperatorFunction } from 'rxjs';
import { expectTypeOf, it } from 'vitest';
import type { AudioChunk, ListenEvent, ListenInput } from '../../operators/events.ts';
import { flux, type FluxOptions } from '../../src/flux/flux.ts';
import type { Wire } from '../../src/wire/wire.ts';

declare const audio$: Observable<AudioChunk>;
declare const wire: Wire;

it('flux is a stage that listens', () => {
  expectTypeOf(flux({ apiKey: 'k' })).toEqualTypeOf<OperatorFunction<ListenInput, ListenEvent>>();
  expectTypeOf(flux).parameter(0).toEqualTypeOf<FluxOptions | undefined>();
  expectTypeOf(flux).parameter(1).toEqualTypeOf<Wire | undefined>();
});

it('flux takes plain audio, with or without a wire', () => {
  expectTypeOf(audio$.pipe(flux({ eagerEotThreshold: 0.4 }))).toEqualTypeOf<Observable<ListenEvent>>();
  expectTypeOf(audio$.pipe(flux({}, wire))).toEqualTypeOf<Observable<ListenEvent>>();
});

it('flux takes what may be asked for beside audio, and nothing else', () => {
  expectTypeOf(of({ type: 'ForceEndTurn' } as const, { type: 'Configure', numerals: true } as const).pipe(flux())).toEqualTypeOf<
    Observable<ListenEvent>
  >();
  // @ts-expect-error a string is no audio
  of('audio').pipe(flux());
});

it('flux knows its options', () => {
  // @ts-expect-error in camelCase
  flux({ eot_threshold: 0.7 });
  // @ts-expect-error only what Flux redacts
  flux({ redact: 'names' });
});
