import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import faultSchema from '../../../src/emulator/faults/fault.schema.json' with { type: 'json' };
import scenarioSchema from '../../../src/emulator/scenario/scenario.schema.json' with { type: 'json' };

const files = ['src/emulator/faults/fault.ts', 'src/emulator/scenario/scenario.ts'] as const;
const program = ts.createProgram([...files, 'src/emulator/faults/variant.ts'], {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.NodeNext,
  strict: true,
  noEmit: true,
  allowImportingTsExtensions: true,
  noResolve: true, // Takes a second instead of ten: the types need no other files.
  types: [],
});
const checker = program.getTypeChecker();

/** The exported type of this name. */
function typeNamed(name: string): ts.Type {
  const exported = files.flatMap((file) =>
    checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)!)!),
  );
  return checker.getDeclaredTypeOfSymbol(exported.find((symbol) => symbol.name === name)!);
}

const isOptional = (field: ts.Symbol) => (field.flags & ts.SymbolFlags.Optional) !== 0;
const namesOf = (fields: readonly ts.Symbol[]) => fields.map(({ name }) => name).sort();

/** The fields of a type, and those that it requires. */
function fieldsOf(type: ts.Type) {
  const fields = checker.getPropertiesOfType(type);
  return { fields: namesOf(fields), required: namesOf(fields.filter((field) => !isOptional(field))) };
}

/** The same of an object in a schema. */
function fieldsIn({ properties, required = [] }: { properties: object; required?: readonly string[] }) {
  return { fields: Object.keys(properties).sort(), required: [...required].sort() };
}

/** The literals that a field may have, if its type is a union of literals. */
function literalsOf(type: ts.Type, name: string): readonly unknown[] | undefined {
  const field = checker.getPropertiesOfType(type).find((one) => one.name === name);
  if (!field) return undefined;
  const bare = checker.getNonNullableType(checker.getTypeOfSymbol(field));
  const parts = bare.isUnion() ? bare.types : [bare];
  return parts.every((part) => part.isStringLiteral()) ? parts.map(({ value }) => value).sort() : undefined;
}

const without = (fields: object, name: string) => Object.fromEntries(Object.entries(fields).filter(([field]) => field !== name));

describe('the types of scenarios', () => {
  const properties = without(scenarioSchema.properties, '$schema');

  it.each([
    ['Scenario', { properties }],
    ['Reply', scenarioSchema.$defs.reply],
    ['ModelScript', scenarioSchema.$defs.model],
    ['SpeechScript', scenarioSchema.$defs.speech],
    ['ControlRow', scenarioSchema.$defs.control],
  ])('%s has the fields of the schema', (name, schema) => {
    expect(fieldsOf(typeNamed(name))).toEqual(fieldsIn(schema));
  });

  it('FluxRow has one type for each field beside at', () => {
    const rows = (typeNamed('FluxRow') as ts.UnionType).types;
    const kinds = without(scenarioSchema.$defs.fluxRow.properties, 'at');
    expect(rows.map(fieldsOf)).toEqual(
      Object.keys(kinds).map((kind) => ({ fields: ['at', kind].sort(), required: ['at', kind].sort() })),
    );
  });
});

describe('the type Fault', () => {
  const faults = (typeNamed('Fault') as ts.UnionType).types;
  const ofKind = (kind: string) => faults.filter((fault) => literalsOf(fault, 'kind')?.[0] === kind);

  it('has the kinds of the schema', () => {
    const kinds = new Set(faults.map((fault) => literalsOf(fault, 'kind')?.[0]));
    expect([...kinds].sort()).toEqual(faultSchema.oneOf.map(({ properties }) => properties.kind.const).sort());
  });

  it.each(faultSchema.oneOf.map((schema) => [schema.properties.kind.const, schema] as const))(
    '%s has the fields, required fields and values of the schema',
    (kind, schema) => {
      const types = ofKind(kind);
      const fields = types.map(fieldsOf);
      expect({
        fields: [...new Set(fields.flatMap((one) => one.fields))].sort(),
        required: fields[0]!.required,
      }).toEqual(fieldsIn(schema));

      for (const [name, value] of Object.entries(schema.properties)) {
        const { enum: values, const: only } = value as { enum?: readonly unknown[]; const?: unknown };
        const literals = types.flatMap((type) => literalsOf(type, name) ?? []);
        const expected = values ?? (only === undefined ? [] : [only]);
        if (expected.every((one) => typeof one === 'string'))
          expect([name, [...new Set(literals)].sort()]).toEqual([name, [...expected].sort()]);
      }
    },
  );
});
