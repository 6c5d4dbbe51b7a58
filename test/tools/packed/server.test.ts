import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  dependencyFolders,
  type Manifest,
  serverTroubles,
  stagedManifest,
  stageServer,
} from '../../../tools/packed/server.ts';

const library: Manifest = { name: 'house', version: '3.2.1' };
const own: Manifest = {
  name: 'house-server',
  version: '1.0.0',
  bin: { house: './dist/main.js' },
  files: ['dist'],
  scripts: { prepack: 'exit 1' },
  dependencies: { sirv: '3.0.2', house: 'file:..' },
  devDependencies: { vite: '8.3.8' },
};

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'server-test-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string | object): void {
  const to = join(root, path);
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, typeof text === 'string' ? text : JSON.stringify(text));
}

describe('the package.json that is published', () => {
  it('names the version of the library, and has nothing that only the project needs', () => {
    expect(stagedManifest(own, library)).toEqual({
      name: 'house-server',
      version: '1.0.0',
      bin: { house: './dist/main.js' },
      files: ['dist'],
      dependencies: { sirv: '3.0.2', house: '3.2.1' },
    });
  });

  it('may name a version that is not final', () => {
    const { dependencies } = stagedManifest(own, { ...library, version: '4.0.0-rc.1' });
    expect(dependencies).toEqual({ sirv: '3.0.2', house: '4.0.0-rc.1' });
  });

  for (const version of ['^3.0.2', 'file:../sirv', '*', '3.0']) {
    it(`cannot be made for a dependency ${version}`, () => {
      const loose = { ...own, dependencies: { ...own.dependencies, sirv: version } };
      expect(() => stagedManifest(loose, library)).toThrow(
        `house-server depends on sirv ${version}: name one version`,
      );
    });
  }

  it('cannot be made for a server that does not depend on the library', () => {
    expect(() => stagedManifest({ ...own, dependencies: {} }, library)).toThrow(
      'house-server does not depend on house: it cannot be its server',
    );
  });
});

describe('what is in the tarball of the server', () => {
  const files = [
    'package.json',
    'README.md',
    'LICENSE',
    'dist/main.js',
    'dist/commands/start.js',
    'dist/console/index.html',
    'dist/console/assets/index-1.js',
  ];
  const sources = ['main.ts', 'commands/start.ts'];

  it('what was built, the page, two texts', () => {
    expect(serverTroubles(files, sources)).toEqual([]);
  });

  for (const missing of ['README.md', 'LICENSE', 'dist/main.js', 'dist/console/index.html']) {
    it(`${missing} must be there`, () => {
      const without = files.filter((file) => file !== missing);
      expect(serverTroubles(without, sources)).toEqual([
        `${missing} of the server is missing: run \`npm run build\`, or write it`,
      ]);
    });
  }

  for (const foreign of ['dist/old.js', 'dist/main.js.map', '.env', 'commands/start.ts']) {
    it(`${foreign} must not be there`, () => {
      expect(serverTroubles([...files, foreign], sources)).toEqual([
        `${foreign} of the server has no source: delete standalone/dist and build again`,
      ]);
    });
  }
});

describe('the folder that is packed', () => {
  beforeEach(() => {
    write('package.json', library);
    write('standalone/package.json', own);
    write('standalone/README.md', 'read');
    write('standalone/LICENSE', 'may');
    write('standalone/main.ts', 'source');
    write('standalone/dist/main.js', 'built');
    write('standalone/dist/console/index.html', 'page');
    write('standalone/dist/console/assets/a.js', 'script');
  });

  it('has what was built, the page, the texts and the new package.json, and no source', () => {
    const into = join(root, 'staged');
    stageServer(root, into);
    expect(readdirSync(into, { recursive: true, encoding: 'utf8' }).sort()).toEqual([
      'LICENSE',
      'README.md',
      'dist',
      'dist/console',
      'dist/console/assets',
      'dist/console/assets/a.js',
      'dist/console/index.html',
      'dist/main.js',
      'package.json',
    ]);
    expect(readFileSync(join(into, 'dist/console/assets/a.js'), 'utf8')).toBe('script');
    expect(JSON.parse(readFileSync(join(into, 'package.json'), 'utf8'))).toEqual(
      stagedManifest(own, library),
    );
  });

  it('is not made without the page', () => {
    rmSync(join(root, 'standalone/dist/console'), { recursive: true });
    expect(() => stageServer(root, join(root, 'staged'))).toThrow(
      /^dist\/console\/index.html of the server is missing: run `npm run build`, or write it$/,
    );
    expect(readdirSync(root).sort()).toEqual(['package.json', 'standalone']);
  });

  it('is not made over another one', () => {
    mkdirSync(join(root, 'staged'));
    expect(() => stageServer(root, join(root, 'staged'))).toThrow('EEXIST');
  });
});

describe('what the server depends on', () => {
  const at = (...paths: string[]): string[] => paths.map((path) => join(root, path));

  it('is found where Node finds it, each once, and so is what that depends on', () => {
    write('standalone/package.json', own);
    write('node_modules/sirv/package.json', { dependencies: { mime: '1', url: '1' } });
    write('node_modules/mime/package.json', { dependencies: { sirv: '3' } });
    write('node_modules/url/package.json', {});
    write('node_modules/sirv/node_modules/url/package.json', {});
    const folders = dependencyFolders(join(root, 'standalone'), new Set(['house']));
    expect(folders).toEqual(
      at('node_modules/sirv', 'node_modules/mime', 'node_modules/sirv/node_modules/url'),
    );
  });

  it('must be installed', () => {
    write('standalone/package.json', own);
    expect(() => dependencyFolders(join(root, 'standalone'), new Set(['house']))).toThrow(
      'sirv is not installed: run `npm ci`',
    );
  });
});
