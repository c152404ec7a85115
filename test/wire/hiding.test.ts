import { describe, expect, it } from 'vitest';
import { hiding } from '../../src/wire/hiding.ts';

const hide = (address?: string) => hiding('planted-key-0123456789', address).in;

describe('hiding', () => {
  it('takes a key out of a text, wherever it stands', () => {
    expect(hide()('planted-key-0123456789 and ?k=planted-key-0123456789&b')).toBe('[key] and ?k=[key]&b');
  });

  it('leaves a text without secrets alone', () => {
    expect(hide('https://api.example.com/v1')('No connection to api.example.com/v1.')).toBe(
      'No connection to api.example.com/v1.',
    );
  });

  it('takes name and password of an address out', () => {
    const text = hide('https://somebody:pass%2Fword1@example.com')('login somebody, pass/word1 or pass%2Fword1');

    expect(text).toBe('login [key], [key] or [key]');
  });

  it('takes them out as a browser would send them', () => {
    const basic = Buffer.from('somebody:password1').toString('base64');

    expect(hide('https://somebody:password1@example.com')(`Basic ${basic}`)).toBe('Basic [key]');
  });

  it('takes name and password of any address out, however short they are', () => {
    expect(hide()('at wss://me:pw@example.com/x')).toBe('at wss://example.com/x');
  });

  it('takes the values of a query out, and what has no value', () => {
    expect(hide('https://example.com/?key=abcdefgh1&ijklmnop2')('abcdefgh1 ijklmnop2')).toBe('[key] [key]');
  });

  it('takes a fragment and long parts of a path out', () => {
    expect(hide('https://example.com/v1/0123456789abcdef/chat#qrstuvwx3')('/v1/0123456789abcdef/chat#qrstuvwx3')).toBe(
      '/v1/[key]/chat#[key]',
    );
  });

  it('takes an address out that is none', () => {
    expect(hide('wss:/ /abc-secret')('Invalid URL: wss:/ /abc-secret')).toBe('Invalid URL: [key]');
  });

  it('keeps words that are shorter than any key', () => {
    expect(hiding('none', 'https://example.com/?tls=true').in('none of it is true')).toBe('none of it is true');
  });

  it('keeps a cause in which there is nothing to hide, and no other', () => {
    const clean = new Error('connect ECONNREFUSED');
    const dirty = new Error('failed', {
      cause: Object.assign(new TypeError('Invalid URL'), { input: 'planted-key-0123456789' }),
    });
    const { cause } = hiding('planted-key-0123456789', undefined);

    expect([cause(clean), cause(dirty), cause(undefined)]).toEqual([{ cause: clean }, {}, {}]);
  });
});
