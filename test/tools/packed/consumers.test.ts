import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type ExportedDoor,
  jsConsumers,
  jsProgram,
  openedBy,
  tsConsumers,
  tsProgram,
  tsSettings,
} from '../../../tools/packed/consumers.ts';

const modules = fileURLToPath(new URL('../../../node_modules', import.meta.url));
const hub: ExportedDoor = {
  specifier: 'house/hub',
  conditions: [],
  knowsNode: false,
  knowsWeb: false,
  values: ['open'],
  types: ['Hub'],
};
const one: ExportedDoor = {
  ...hub,
  specifier: 'house/one',
  values: ['default', 'module.exports', 'open'],
};
const client: ExportedDoor = { ...hub, specifier: 'house/client', knowsWeb: true };
const clientOnNode: ExportedDoor = {
  ...client,
  conditions: ['node'],
  knowsNode: true,
};

let project = '';
beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'consumers-'));
  const write = (path: string, text: string): void => {
    const to = join(project, path);
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, text);
  };
  write('package.json', '{ "type": "module" }');
  write(
    'node_modules/house/package.json',
    JSON.stringify({
      name: 'house',
      type: 'module',
      exports: {
        './hub': { types: './hub.d.ts', default: './hub.js' },
        './one': { types: './one.d.ts', default: './one.js' },
        './web': { types: './web.d.ts', default: './hub.js' },
      },
    }),
  );
  write('node_modules/house/hub.js', 'export const open = 1;\n');
  write(
    'node_modules/house/hub.d.ts',
    'export declare const open: number;\nexport interface Hub {}\n',
  );
  write(
    'node_modules/house/one.js',
    "const one = Object.assign(() => {}, { open: 1 });\nexport { one as default, one as 'module.exports' };\n" +
      'export const open = 1;\n',
  );
  write(
    'node_modules/house/one.d.ts',
    "declare function one(): void;\nexport { one as default, one as 'module.exports' };\n" +
      'export declare const open: number;\nexport interface Hub {}\n',
  );
  write(
    'node_modules/house/web.d.ts',
    'export declare const open: number;\nexport type Hub = AbortSignal;\n',
  );
});
afterAll(() => rmSync(project, { recursive: true }));

/** Gives what the program said when it failed, or nothing. */
function failureOf(program: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: project, encoding: 'utf8' });
  return status === 0 ? '' : `${stdout}${stderr}`;
}

describe('plain JavaScript', { timeout: 60_000 }, () => {
  for (const file of ['consume.mjs', 'consume.cjs'] as const) {
    const runWith = (door: ExportedDoor): string => {
      writeFileSync(join(project, file), jsProgram(file, [door]));
      return failureOf(process.execPath, file);
    };

    it(`${file}: what is promised is there`, () => {
      expect(runWith(hub)).toBe('');
    });

    it(`${file}: what is one value for require has its names as properties`, () => {
      expect(runWith(one)).toBe('');
      expect(runWith({ ...one, values: [...one.values, 'shut'] })).toContain('house/one has [');
    });

    it(`${file}: a value that is missing is named`, () => {
      expect(runWith({ ...hub, values: ['close', 'open'] })).toContain(
        'house/hub has [open] and should have [close,open]',
      );
    });

    it(`${file}: a value too many is named`, () => {
      expect(runWith({ ...hub, values: [] })).toContain('house/hub has [open] and should have []');
    });

    it(`${file}: a door that is not there is named`, () => {
      expect(runWith({ ...hub, specifier: 'house/attic' })).toContain('./attic');
    });
  }
});

describe('TypeScript', { timeout: 60_000 }, () => {
  const compile = (door: ExportedDoor, name: string): string => {
    const consumer = tsConsumers.find((known) => known.name === name)!;
    writeFileSync(join(project, 'consume.ts'), tsProgram([door]));
    writeFileSync(
      join(project, 'tsconfig.json'),
      tsSettings(consumer, 'consume.ts', join(modules, '@types')),
    );
    return failureOf(join(modules, '.bin/tsc'), '-p', 'tsconfig.json');
  };
  const bare = 'nodenext, no platform at all';

  it('names every value and type, each once', () => {
    expect(tsProgram([hub, client])).toBe(
      "export { open as v0_open, type Hub as t0_Hub } from 'house/hub';\n" +
        "export { open as v1_open, type Hub as t1_Hub } from 'house/client';\n",
    );
  });

  it('what is promised is there', () => {
    expect(compile(hub, bare)).toBe('');
    expect(compile(one, bare)).toBe('');
  });

  it('a type that is missing is named', () => {
    expect(compile({ ...hub, types: ['Attic'] }, bare)).toContain("no exported member 'Attic'");
  });

  it('a declaration that needs a platform is found where there is none, and only there', () => {
    const web = { ...hub, specifier: 'house/web' };
    expect(compile(web, bare)).toContain("Cannot find name 'AbortSignal'");
    expect(compile(web, 'bundler, a page')).toBe('');
  });
});

describe('which doors are opened', () => {
  it('a condition leads to its own file, and without it to the usual one', () => {
    const doors = [hub, client, clientOnNode];
    expect(openedBy(doors, ['node'])).toEqual([hub, clientOnNode]);
    expect(openedBy(doors, ['browser'])).toEqual([hub, client]);
    expect(openedBy([clientOnNode, client], ['node'])).toEqual([clientOnNode]);
  });

  it('a project without a platform opens the pure doors, a page also those for pages', () => {
    const opens = (name: string): ExportedDoor[] =>
      [hub, client, clientOnNode].filter(tsConsumers.find((known) => known.name === name)!.opens);
    expect(opens('nodenext, no platform at all')).toEqual([hub]);
    expect(opens('bundler, a page')).toEqual([hub, client]);
    expect(opens('nodenext, a Node project')).toEqual([hub, client, clientOnNode]);
  });

  it('both kinds of JavaScript, both module resolutions and a page are tried', () => {
    expect(jsConsumers.map(({ name }) => name)).toEqual([
      'import()',
      'require()',
      'import() as a page',
    ]);
    expect(new Set(tsConsumers.map(({ settings }) => settings['moduleResolution']))).toEqual(
      new Set(['nodenext', 'bundler']),
    );
    for (const consumer of tsConsumers) {
      const { compilerOptions } = JSON.parse(tsSettings(consumer, 'a.ts', 'types'));
      expect([compilerOptions.strict, compilerOptions.skipLibCheck]).toEqual([true, false]);
    }
  });
});
