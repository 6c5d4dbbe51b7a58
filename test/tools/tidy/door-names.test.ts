import { describe, expect, it } from 'vitest';
import { doorNames, namesOf } from '../../../tools/tidy/door-names.ts';
import { parseSource } from '../../../tools/tidy/source.ts';
import { makeTree } from '../../../tools/tidy/tree.ts';

const manifest = JSON.stringify({
  name: 'house',
  exports: { './hub': { 'tautline-source': './src/hub/index.ts' } },
});
const door = "export { Hub, type HubOptions, hubDefaults } from './hub.ts';\n";
const wrongWith = (list: string, text: string = door): string[] =>
  doorNames(
    makeTree({
      'package.json': manifest,
      'src/hub/index.ts': text,
      'test/doors.test.ts': `import { it } from 'vitest';\nexport const doors = ${list};\n`,
    }),
  ).map(({ file, line, wrong }) => `${file}:${line} ${wrong}`);

describe('the exported names are written out', () => {
  it('a list that has them all, in order, is right', () => {
    expect(
      wrongWith("{ 'house/hub': { values: ['Hub', 'hubDefaults'], types: ['HubOptions'] } }"),
    ).toEqual([]);
  });

  it('`as const` and `satisfies` change nothing', () => {
    expect(
      wrongWith(
        "{ 'house/hub': { values: ['Hub', 'hubDefaults'], types: ['HubOptions'] } } as const satisfies Doors",
      ),
    ).toEqual([]);
  });

  it('an export that is not listed is found', () => {
    expect(wrongWith("{\n 'house/hub': { values: ['Hub'], types: ['HubOptions'] } }")).toEqual([
      'test/doors.test.ts:3 lacks hubDefaults in the values of house/hub',
    ]);
  });

  it('a listed name that is not exported is found', () => {
    expect(
      wrongWith(
        "{ 'house/hub': { values: ['Hub', 'gone', 'hubDefaults'], types: ['HubOptions'] } }",
      ),
    ).toEqual([
      'test/doors.test.ts:2 lists gone in the values of house/hub, which exports no such name',
    ]);
  });

  it('a type listed as a value is found on both sides', () => {
    expect(
      wrongWith("{ 'house/hub': { values: ['Hub', 'HubOptions', 'hubDefaults'], types: [] } }"),
    ).toEqual([
      'test/doors.test.ts:2 lists HubOptions in the values of house/hub, which exports no such name',
      'test/doors.test.ts:2 lacks HubOptions in the types of house/hub',
    ]);
  });

  for (const values of ["['hubDefaults', 'Hub']", "['Hub', 'Hub', 'hubDefaults']"]) {
    it(`${values} is not in order`, () => {
      expect(wrongWith(`{ 'house/hub': { values: ${values}, types: ['HubOptions'] } }`)).toEqual([
        'test/doors.test.ts:2 the values of house/hub are not in order',
      ]);
    });
  }

  it('a door without a list is found', () => {
    expect(wrongWith('{}')).toEqual(['test/doors.test.ts:1 lacks the door house/hub']);
  });

  it('a list without a door is found', () => {
    expect(
      wrongWith(
        "{ 'house/hub': { values: ['Hub', 'hubDefaults'], types: ['HubOptions'] }, 'house/attic': {} }",
      ),
    ).toEqual(['test/doors.test.ts:2 lists house/attic, which is no door']);
  });

  it('a door without the file is found', () => {
    const tree = makeTree({ 'package.json': manifest, 'src/hub/index.ts': door });
    expect(doorNames(tree).map(({ wrong }) => wrong)).toEqual(['lacks the door house/hub']);
  });

  it('a door names what it exports', () => {
    expect(
      wrongWith("{ 'house/hub': { values: [], types: [] } }", "export * from './hub.ts';"),
    ).toEqual(['src/hub/index.ts:1 a door exports names that it does not name']);
  });

  it('the names of a door are in the order of sort()', () => {
    const text = 'export const b = 1;\nexport const B = 1;\nexport type A = 1;\n';
    expect(namesOf(parseSource('a.ts', text))).toEqual({ values: ['B', 'b'], types: ['A'] });
  });
});
