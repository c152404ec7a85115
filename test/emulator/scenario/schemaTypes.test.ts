import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import scenarioSchema from '../../../src/emulator/scenario/scenario.schema.json' with { type: 'json' };

const file = 'src/emulator/scenario/scenario.ts';
const program = ts.createProgram([file], {
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
  const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)!)!);
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
