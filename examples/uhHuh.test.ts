import { readFileSync } from 'node:fs';
import { outcomeOf } from 'sluice/record';
import { simulate, type Scenario } from 'sluice/testing';
import { expect, it } from 'vitest';

// Recorded 2026-03-01, from 2800 ms of the call on.
// The simulation has the outcome of the recording, at the same times.
// The call went on after this; the scenario hangs up.
const scenario = JSON.parse(readFileSync(new URL('uhHuh.json', import.meta.url), 'utf8')) as Scenario;

it('turn 0:2 of call.jsonl', () => {
  const { events, violations } = simulate(scenario);

  // prettier-ignore
  expect(outcomeOf(events)).toEqual([
    {"at":200,"type":"StartOfTurn","turn":"0:1","transcript":"What"},
    {"at":600,"type":"EagerEndOfTurn","turn":"0:1","transcript":"What is on"},
    {"at":600,"type":"DraftStarted","turn":"0:1","reply":1},
    {"at":950,"type":"TurnResumed","turn":"0:1","transcript":"What is on the"},
    {"at":950,"type":"DraftDropped","turn":"0:1","reply":1,"reason":"resumed"},
    {"at":1300,"type":"EagerEndOfTurn","turn":"0:1","transcript":"What is on the menu?"},
    {"at":1300,"type":"DraftStarted","turn":"0:1","reply":2},
    {"at":1600,"type":"EndOfTurn","turn":"0:1","transcript":"What is on the menu?"},
    {"at":1600,"type":"TurnTaken","turn":"0:1","text":"What is on the menu?"},
    {"at":1600,"type":"ReplyStarted","turn":"0:1","reply":2,"drafted":true},
    {"at":1780,"type":"SpeechStarted","reply":2},
    {"at":4200,"type":"StartOfTurn","turn":"0:2","transcript":"Uh"},
    {"at":4200,"type":"BargeIn","reply":2},
    {"at":4200,"type":"ReplyEnded","reply":2,"heard":"Today we have pasta with sage and","interrupted":true},
    {"at":4500,"type":"EndOfTurn","turn":"0:2","transcript":"Uh-huh."},
    {"at":4500,"type":"TurnTaken","turn":"0:2","text":"Uh-huh."},
    {"at":4500,"type":"ReplyStarted","turn":"0:2","reply":3,"drafted":false},
    {"at":4880,"type":"SpeechStarted","reply":3},
    {"at":5780,"type":"ReplyEnded","reply":3,"heard":"Shall I go on?","interrupted":false},
  ]);
  expect(violations).toEqual([]);
});
