import { describe, expect, it } from 'vitest';
import { hiding } from '../../src/wire/hiding.ts';

const hide = (address?: string) => hiding('planted-key-0123456789', address).in;

describe('hiding', () => {
  it('removes a key anywhere in a text', () => {
    expect(hide()('planted-key-0123456789 and ?k=planted-key-0123456789&b')).toBe('[key] and ?k=[key]&b');
  });

  it('does not change a text without secrets', () => {
    expect(hide('https://api.example.com/v1')('No connection to api.example.com/v1.')).toBe(
      'No connection to api.example.com/v1.',
    );
  });

  it('removes user name and password of an address', () => {
    const text = hide('https://somebody:pass%2Fword1@example.com')('login somebody, pass/word1 or pass%2Fword1');

    expect(text).toBe('login [key], [key] or [key]');
  });

  it('removes them in base64, as a browser sends them', () => {
    const basic = Buffer.from('somebody:password1').toString('base64');

    expect(hide('https://somebody:password1@example.com')(`Basic ${basic}`)).toBe('Basic [key]');
  });

  it('removes user name and password of any address, however short', () => {
    expect(hide()('at wss://me:pw@example.com/x')).toBe('at wss://example.com/x');
  });

  it('removes the values of a query, and names without a value', () => {
    expect(hide('https://example.com/?key=abcdefgh1&ijklmnop2')('abcdefgh1 ijklmnop2')).toBe('[key] [key]');
  });

  it('removes a fragment and long parts of a path', () => {
    expect(hide('https://example.com/v1/0123456789abcdef/chat#qrstuvwx3')('/v1/0123456789abcdef/chat#qrstuvwx3')).toBe(
      '/v1/[key]/chat#[key]',
    );
  });

  it('removes all of an invalid address', () => {
    expect(hide('wss:/ /abc-secret')('Invalid URL: wss:/ /abc-secret')).toBe('Invalid URL: [key]');
  });

  it('keeps words that are shorter than any key', () => {
    expect(hiding('none', 'https://example.com/?tls=true').in('none of it is true')).toBe('none of it is true');
  });

  it('keeps a cause without secrets, and no other', () => {
    const clean = new Error('connect ECONNREFUSED');
    const dirty = new Error('failed', {
      cause: Object.assign(new TypeError('Invalid URL'), { input: 'planted-key-0123456789' }),
    });
    const { cause } = hiding('planted-key-0123456789', undefined);

    expect([cause(clean), cause(dirty), cause(undefined)]).toEqual([{ cause: clean }, {}, {}]);
  });
});
