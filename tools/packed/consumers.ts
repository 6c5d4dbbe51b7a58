/**
 * The users of the package, as small programs: plain JavaScript both ways, and TypeScript under every setting we promise.
 * In: the doors with what they export. Out: programs as text and settings as data; nothing is run here.
 */

export interface ExportedDoor {
  /** What stands in an import. */
  readonly specifier: string;
  /** Which conditions lead to it, where the door has several files. */
  readonly conditions: readonly string[];
  readonly knowsNode: boolean;
  /** It is made for pages: its types may name those of a browser. */
  readonly knowsWeb: boolean;
  readonly values: readonly string[];
  readonly types: readonly string[];
}

export interface JsConsumer {
  readonly name: string;
  readonly file: 'consume.mjs' | 'consume.cjs';
  readonly conditions: readonly string[];
}

export interface TsConsumer {
  readonly name: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly conditions: readonly string[];
  /** Which doors such a project can open. */
  readonly opens: (door: ExportedDoor) => boolean;
}

const nodenext = { module: 'nodenext', moduleResolution: 'nodenext' };
const bundler = { module: 'esnext', moduleResolution: 'bundler' };
const withNode = { lib: ['es2023'], types: ['node'] };
const pure = { lib: ['es2023'], types: [] };
const page = { lib: ['es2023', 'dom', 'dom.iterable'], types: [] };
const isPure = ({ knowsNode, knowsWeb }: ExportedDoor): boolean => !knowsNode && !knowsWeb;
const isForPages = ({ knowsNode }: ExportedDoor): boolean => !knowsNode;

export const jsConsumers: readonly JsConsumer[] = [
  { name: 'import()', file: 'consume.mjs', conditions: ['node'] },
  { name: 'require()', file: 'consume.cjs', conditions: ['node'] },
  { name: 'import() as a page', file: 'consume.mjs', conditions: ['browser'] },
];

export const tsConsumers: readonly TsConsumer[] = [
  {
    name: 'nodenext, a Node project',
    settings: { ...nodenext, ...withNode },
    conditions: ['node'],
    opens: () => true,
  },
  {
    name: 'nodenext, no platform at all',
    settings: { ...nodenext, ...pure },
    conditions: ['node'],
    opens: isPure,
  },
  {
    name: 'bundler, a project for page and server',
    settings: { ...bundler, lib: page.lib, types: withNode.types },
    conditions: [],
    opens: () => true,
  },
  {
    name: 'bundler, no platform at all',
    settings: { ...bundler, ...pure },
    conditions: [],
    opens: isPure,
  },
  {
    name: 'bundler, a page',
    settings: { ...bundler, ...page },
    conditions: [],
    opens: isForPages,
  },
  {
    name: 'bundler, a page by the browser condition',
    settings: { ...bundler, ...page, customConditions: ['browser'] },
    conditions: ['browser'],
    opens: isForPages,
  },
];

/** Of doors with the same specifier, the one that these conditions lead to. */
export function openedBy(
  doors: readonly ExportedDoor[],
  conditions: readonly string[],
): ExportedDoor[] {
  const chosen = new Map<string, ExportedDoor>();
  for (const door of doors) {
    const before = chosen.get(door.specifier);
    const fits = door.conditions.every((condition) => conditions.includes(condition));
    if (fits && door.conditions.length >= (before?.conditions.length ?? 0)) {
      chosen.set(door.specifier, door);
    }
  }
  return [...chosen.values()];
}

/** By this name a module exports what `require` of it gives, instead of its names: those are then properties of it. */
const required = 'module.exports';

/** A program that opens each door and compares what it finds; it ends with an error that names the difference. */
export function jsProgram(file: JsConsumer['file'], doors: readonly ExportedDoor[]): string {
  const isRequired = file === 'consume.cjs';
  const expected = doors.map(({ specifier, values }) =>
    isRequired && values.includes(required)
      ? [specifier, values.filter((name) => name !== required && name !== 'default'), true]
      : [specifier, values, false],
  );
  const lines = [
    `for (const [door, expected, isOne] of ${JSON.stringify(expected)}) {`,
    `  const opened = ${isRequired ? 'require(door)' : 'await import(door)'};`,
    '  const isMeant = (name) => (isOne ? expected.includes(name) : name !== "__esModule");',
    `  const found = Object.keys(opened).filter(isMeant).sort();`,
    `  if (String(found) !== String(expected)) {`,
    "    throw new Error(door + ' has [' + found + '] and should have [' + expected + ']');",
    '  }',
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

/** A program that names everything there is; the compiler says what is not there. */
export function tsProgram(doors: readonly ExportedDoor[]): string {
  const lines = doors.map(({ specifier, values, types }, at) => {
    const names = [
      ...values.map((name) =>
        name === required ? `'${name}' as v${at}_required` : `${name} as v${at}_${name}`,
      ),
      ...types.map((name) => `type ${name} as t${at}_${name}`),
    ];
    return `export { ${names.join(', ')} } from '${specifier}';`;
  });
  return `${lines.join('\n')}\n`;
}

/** @param typeRoot Folder of the installed `@types`. */
export function tsSettings(consumer: TsConsumer, file: string, typeRoot: string): string {
  const compilerOptions = {
    target: 'es2022',
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
    typeRoots: [typeRoot],
    ...consumer.settings,
  };
  return JSON.stringify({ compilerOptions, files: [file] }, undefined, 2);
}
