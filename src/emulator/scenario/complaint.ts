import type { Ajv2020 } from 'ajv/dist/2020.js';
import type { ErrorObject } from 'ajv';
import faultSchema from '../faults/fault.schema.json' with { type: 'json' };
import { libraries } from './libraries.ts';
import type { Path } from './readJson.ts';
import scenarioSchema from './scenario.schema.json' with { type: 'json' };

export interface Complaint {
  readonly path: Path;
  /** The problem: `must be a number`. */
  readonly what: string;
}

/** The first error of a scenario or a fault; undefined if it is valid. */
export function complaint(of: 'scenario' | 'fault', value: unknown): Complaint | undefined {
  const valid = schemas().getSchema(`${of}.schema.json`);
  if (!valid || valid(value)) return undefined;
  return complaintOf(valid.errors);
}

/** The first error that a schema found, in words. */
export function complaintOf(errors: readonly ErrorObject[] | null | undefined): Complaint | undefined {
  const error = errors?.[0];
  return error && { path: pathOf(error), what: whatIs(error) };
}

let known: Ajv2020 | undefined;

/** The schemas, compiled on first use. */
export function schemas(): Ajv2020 {
  if (known) return known;
  const { Ajv2020 } = libraries.ajv();
  known = new Ajv2020({ verbose: true, allowUnionTypes: true, strictTypes: false, discriminator: true });
  known.addSchema(faultSchema).addSchema(scenarioSchema, 'scenario.schema.json');
  return known;
}

/** The path of the field at fault: for a missing field where it should be, for an unknown field where it is. */
function pathOf({ instancePath, keyword, params }: ErrorObject): Path {
  const parents = instancePath.split('/').slice(1).map(unescapePointer);
  const field = fields[keyword];
  return field === undefined ? parents : [...parents, String(params[field])];
}

const fields: Readonly<Record<string, string>> = {
  required: 'missingProperty',
  additionalProperties: 'additionalProperty',
  discriminator: 'tag',
};

function unescapePointer(part: string): string | number {
  return /^\d+$/.test(part) ? Number(part) : part.replaceAll('~1', '/').replaceAll('~0', '~');
}

function whatIs({ keyword, params, message, parentSchema }: ErrorObject): string {
  const fields = Object.keys((parentSchema?.['properties'] as object | undefined) ?? {});
  switch (keyword) {
    case 'required':
      return 'is missing';
    case 'additionalProperties':
      return `is not a field here (${fields.join(', ')})`;
    case 'minProperties':
    case 'maxProperties':
      return `must have ${keyword === 'minProperties' ? '' : 'only '}at and one of ${fields.slice(1).join(', ')}`;
    case 'type':
      return `must be ${[params['type']].flat().map(withArticle).join(' or ')}`;
    case 'enum':
      return `must be one of ${(params['allowedValues'] as unknown[]).join(', ')}`;
    case 'const':
      return `must be ${String(params['allowedValue'])}`;
    case 'not':
      return 'must be false or an object';
    case 'discriminator':
      return `must be one of ${(parentSchema as Tagged).oneOf.map(({ properties }) => properties.kind.const).join(', ')}`;
    default:
      return message ?? 'is not valid';
  }
}

/** A schema with a branch for each kind. */
interface Tagged {
  readonly oneOf: readonly { readonly properties: { readonly kind: { readonly const: string } } }[];
}

function withArticle(type: unknown): string {
  return `${/^[aio]/.test(String(type)) ? 'an' : 'a'} ${String(type)}`;
}

/** A path as text: `flux[1].at`; empty for the whole value. */
export function pathName(path: Path): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`))
    .join('')
    .replace(/^\./, '');
}
