import { connectionsOf } from '../file/connections.ts';
import { isKind } from '../file/lines.ts';
import type { Recorded } from '../file/readRecording.ts';
import type { Difference } from '../replay/compareCalls.ts';
import type { Played } from './bestPlay.ts';
import { outcomeOf } from './outcomeOf.ts';

/** Writes a vitest file that plays a scenario and expects the outcome of its simulation. */
export function testFile(
  recording: Recorded,
  played: Played,
  { name, file }: { name: string; file: string | undefined },
): string {
  const { excerpt, scenario, result } = played;
  const title = excerpt.turn === undefined ? name : `turn ${excerpt.turn} of ${name}`;
  const rules = result.violations.map(({ rule }) => quoted(rule)).join(', ');
  const source =
    file === undefined
      ? `// prettier-ignore\nconst scenario: Scenario = ${toJson(scenario)};`
      : `const scenario = JSON.parse(readFileSync(new URL(${quoted(encodeURIComponent(file))}, import.meta.url), 'utf8')) as Scenario;`;
  return `${file === undefined ? '' : "import { readFileSync } from 'node:fs';\n"}import { outcomeOf } from 'sluice/record';
import { simulate, type Scenario } from 'sluice/testing';
import { expect, it } from 'vitest';

${remarksOn(recording, played)
  .map((remark) => `// ${visible(remark.replaceAll('\n', ' '))}`)
  .join('\n')}
${source}

it(${quoted(title)}, () => {
  const { events, violations } = simulate(scenario);

  // prettier-ignore
  expect(outcomeOf(events)).toEqual([
${outcomeOf(result.events)
  .map((event) => `    ${visible(JSON.stringify(event))},`)
  .join('\n')}
  ]);
  expect(violations${rules === '' ? '' : '.map(({ rule }) => rule)'}).toEqual([${rules}]);
});
`;
}

/** Says how the simulation differs from the recording, and what the scenario leaves out. */
function remarksOn({ header, lines, damage }: Recorded, { excerpt, differences, shiftMs, result }: Played): readonly string[] {
  const { from, to, turn, isWhole } = excerpt;
  const isIn = ({ at }: { readonly at: number }) => at >= from && at <= to;
  const remark = (isTrue: boolean, text: string) => (isTrue ? [text] : []);
  const [difference] = differences;
  const hasEnd = lines.some((line) => isKind(line, 'over') && line.over === 'call');
  return [
    `Recorded ${header.time.slice(0, 10)}${from > 0 ? `, from ${Math.round(from)} ms of the call on` : ''}.`,
    difference
      ? `The simulation differs from the recording, first here: ${inJson(difference)}`
      : `The simulation has the outcome of the recording, ${shiftMs < 1 ? 'at the same times' : `at times that differ by up to ${Math.ceil(shiftMs)} ms`}.`,
    ...remark(result.violations.length > 0, 'The simulation breaks rules, which the test expects.'),
    ...remark(header.redacted === true, 'The words are placeholders: the recording is redacted.'),
    ...remark(damage !== undefined, `The recording is damaged: ${damage}`),
    ...remark(!isWhole && turn !== undefined, 'The call went on after this; the scenario hangs up.'),
    ...remark(
      !isWhole && turn === undefined,
      `The ${hasEnd ? 'call was left' : 'recording breaks off'} here; the scenario hangs up.`,
    ),
    ...remark(
      lines.some((line) => isKind(line, 'retry') && isIn(line)),
      'The model failed and was asked again; in the scenario it only answers.',
    ),
    ...remark(
      connectionsOf(lines, 'speak').some(({ end }) => end?.error !== undefined && isIn(end)),
      'The connection to the voice was lost; in the scenario it is not.',
    ),
  ];
}

function inJson({ recorded, replayed }: Difference): string {
  const [then, now] = [recorded, replayed].map((event) => (event ? JSON.stringify(outcomeOf([event])[0]) : 'nothing'));
  return `recorded ${then}, simulated ${now}.`;
}

/** A value as JSON on several lines. */
export const toJson = (value: unknown) => visible(JSON.stringify(value, null, 2));

/** A string literal. */
const quoted = (text: string) => `'${visible(JSON.stringify(text).slice(1, -1)).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;

/** Escapes characters that are invisible or would end a line. */
const visible = (text: string) =>
  text.replace(/(?!\n)[\p{C}\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from({ length: character.length }, (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''),
  );
