import { describe, expect, it } from 'vitest';
import { isEcho, judge, type BargeInPolicy, type Verdict } from '../../../operators/turns/policy.ts';
import { turnEvent } from '../../../src/testing/turns.ts';

/** The words of a turn: its transcript, or Flux's words between bars. */
const saying = (text: string) =>
  text.includes('|')
    ? turnEvent('Update', text.replaceAll('|', ''), '0:0', { words: text.split('|').map((word) => ({ word, confidence: 1 })) })
    : turnEvent('Update', text, '0:0', { words: [] });
const start = turnEvent('StartOfTurn', '');

describe('a policy', () => {
  it.each<[string, BargeInPolicy, Verdict]>([
    ['no', {}, 'cut'],
    ['no', { minWords: 2 }, 'minWords'],
    ['no no', { minWords: 2 }, 'cut'],
    ['uh-huh|', { minWords: 2 }, 'minWords'],
    ['...', { minWords: 1 }, 'minWords'],
    ['我想要一张桌子', { minWords: 3 }, 'cut'],
    ['ฉันต้องการโต๊ะ', { minWords: 3 }, 'cut'],
    ['Stop!', { minWords: 9, stopWords: ['stop'] }, 'cut'],
    ['please stop it', { minWords: 9, stopWords: [' STOP '] }, 'cut'],
    ['hold| on', { minWords: 9, stopWords: ['holdon'] }, 'cut'],
    ['holdon|', { minWords: 9, stopWords: ['hold on'] }, 'cut'],
    ['停|下', { minWords: 9, stopWords: ['停下'] }, 'cut'],
    ['等|一|下', { minWords: 9, stopWords: ['等一下'] }, 'cut'],
    ['don’t stop', { minWords: 9, stopWords: ["don't stop"] }, 'cut'],
    ['Non-stop flights', { minWords: 9, stopWords: ['stop'] }, 'minWords'],
    ['unstoppable', { minWords: 9, stopWords: ['stop'] }, 'minWords'],
    ['uh-huh', { backchannels: ['uh huh'] }, 'backchannel'],
    ['Yeah, yeah. Mm-hm.', { backchannels: ['yeah', 'mm-hm'] }, 'backchannel'],
    ['yeah but no', { backchannels: ['yeah'] }, 'cut'],
    ['', { backchannels: ['yeah'] }, 'backchannel'],
    ['yeah stop', { backchannels: ['yeah'], stopWords: ['stop'] }, 'cut'],
  ])('says of "%s" under %j: %s', (text, policy, verdict) => {
    expect(judge(saying(text), start, policy)).toBe(verdict);
  });

  it.each([
    ['two small', 'I have two small robots.', true],
    ['Two, small!', 'I have two small robots.', true],
    ['small two', 'I have two small robots.', false],
    ['two smalls', 'I have two small robots.', false],
    ['', 'I have two small robots.', false],
  ])('takes "%s" for an echo of "%s": %s', (text, said, echo) => {
    expect(isEcho(saying(text), said)).toBe(echo);
  });
});
