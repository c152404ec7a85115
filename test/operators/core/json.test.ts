import { describe, expect, it } from 'vitest';
import { isRecord, parseJson, recordOf } from '../../../operators/core/json.ts';

describe('isRecord', () => {
  it.each([{}, { a: 1 }, Object.create(null) as object])('accepts an object: %j', (value) => {
    expect(isRecord(value)).toBe(true);
  });

  it.each([null, undefined, 1, 'a', [], [{}]])('does not accept %j', (value) => {
    expect(isRecord(value)).toBe(false);
  });
});

describe('recordOf', () => {
  it('returns an object as it is, and an empty one for everything else', () => {
    const value = { a: 1 };
    expect(recordOf(value)).toBe(value);
    expect([null, undefined, 'a', [1]].map(recordOf)).toEqual([{}, {}, {}, {}]);
  });
});

describe('parseJson', () => {
  it('returns undefined for a text that is not JSON', () => {
    expect(parseJson('{"a":[1,null]}')).toEqual({ a: [1, null] });
    expect(parseJson('null')).toBeNull();
    expect(parseJson('{')).toBeUndefined();
    expect(parseJson('')).toBeUndefined();
  });
});
