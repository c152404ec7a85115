import { isRecord } from '../../../operators/core/json.ts';
import { complaintOf, pathName, schemas } from '../../emulator/scenario/complaint.ts';
import { kindOf, kinds, recordingVersion, type Line } from './lines.ts';
import recordingSchema from './recording.schema.json' with { type: 'json' };

const name = 'recording.schema.json';

/** What is wrong with the first line of a recording; undefined if it is valid. */
export function headerComplaint(value: unknown): string | undefined {
  if (!isRecord(value) || value['sluice'] !== 'recording')
    return 'is not the header of a Sluice recording ({"sluice":"recording","version":1,…})';
  const { version } = value;
  if (version === undefined) return 'has no version';
  if (version !== recordingVersion)
    return `is of version ${JSON.stringify(version)}; this Sluice reads version ${recordingVersion}`;
  return complaint('header', value);
}

/** What is wrong with another line; undefined if it is valid. */
export function lineComplaint(value: unknown): string | undefined {
  if (!isRecord(value)) return 'must be an object';
  const kind = kindOf(value);
  if (kind === undefined) return `must have at and one of ${kinds.join(', ')}`;
  const wrong = complaint(kind, value);
  if (wrong !== undefined) return wrong;
  if (kind === 'event') return complaint(`events/${String(value['event'])}`, value);
  return kind === 'control' ? complaint(kind, { at: 0, ...(value['control'] as object) }, 'scenario.schema.json') : undefined;
}

/** What is wrong with the options of an agent, given as JSON; undefined if they are valid. */
export const optionsComplaint = (value: unknown): string | undefined => complaint('agent', value, 'scenario.schema.json');

function complaint(kind: string, value: unknown, schema = name): string | undefined {
  if (!schemas().getSchema(name)) schemas().addSchema(recordingSchema, name);
  const valid = schemas().getSchema(`${schema}#/$defs/${kind}`);
  if (!valid || valid(value)) return undefined;
  const { path = [], what = 'is not valid' } = complaintOf(valid.errors) ?? {};
  return `${pathName(path)} ${what}`.trim();
}

export const isLine = (value: unknown): value is Line => lineComplaint(value) === undefined;
