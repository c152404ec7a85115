import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { retryAfterMs } from '../../src/llm/retryAfter.ts';

const refusedWith = (headers: Record<string, string>) => Object.assign(new Error('no'), { headers: new Headers(headers) });

describe('retryAfterMs', () => {
  it('reads seconds', () => {
    expect(retryAfterMs(refusedWith({ 'retry-after': '1.5' }))).toBe(1500);
  });

  it('prefers milliseconds', () => {
    expect(retryAfterMs(refusedWith({ 'retry-after-ms': '250', 'retry-after': '1' }))).toBe(250);
  });

  it('reads a date', () => {
    new TestScheduler(() => undefined).run(() => {
      expect(retryAfterMs(refusedWith({ 'retry-after': 'Thu, 01 Jan 1970 00:00:03 GMT' }))).toBe(3000);
    });
  });

  it('treats a past date as now', () => {
    expect(retryAfterMs(refusedWith({ 'retry-after': 'Thu, 01 Jan 1970 00:00:03 GMT' }))).toBe(0);
  });

  it('is 0 without a readable header', () => {
    expect(retryAfterMs(refusedWith({}))).toBe(0);
    expect(retryAfterMs(refusedWith({ 'retry-after': 'soon', 'retry-after-ms': '' }))).toBe(0);
    expect(retryAfterMs(new Error('no headers'))).toBe(0);
    expect(retryAfterMs('no error')).toBe(0);
  });
});
