/**
 * `tautline-server` as it is published. In the project it is linked to the library beside it, so it is packed from a folder
 * where its package.json names the library's version instead.
 * In: the project, built. Out: that folder; or the server installed, started and visited. Fails: with what is missing or
 * wrong, and what to do about it. `npx tsx tools/packed/server.ts FOLDER` makes the folder, for `npm publish FOLDER`.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { install, pack, run } from './npm.ts';

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

const wanted: readonly string[] = [
  'package.json',
  'README.md',
  'LICENSE',
  'dist/main.js',
  'dist/console/index.html',
];

/** @throws {Error} For a dependency without an exact version: whoever installs it must get what was tested. */
export function stagedManifest(own: Manifest, library: Manifest): Manifest {
  const { scripts: _, devDependencies: __, dependencies = {}, ...rest } = own;
  if (dependencies[library.name] === undefined) {
    throw new Error(`${own.name} does not depend on ${library.name}: it cannot be its server`);
  }
  const exact = { ...dependencies, [library.name]: library.version };
  for (const [name, version] of Object.entries(exact)) {
    if (!/^\d+\.\d+\.\d+(-[\w.-]+)?$/.test(version)) {
      throw new Error(`${own.name} depends on ${name} ${version}: name one version`);
    }
  }
  return { ...rest, name: own.name, version: own.version, dependencies: exact };
}

/** @param sources What it was built of: paths from the root of the package, with slashes; `files` likewise. */
export function serverTroubles(files: readonly string[], sources: readonly string[]): string[] {
  const there = new Set(files);
  const isBuilt = /^dist\/(?!console\/)(.*)\.js$/;
  return [
    ...wanted
      .filter((file) => !there.has(file))
      .map((file) => `${file} of the server is missing: run \`npm run build\`, or write it`),
    ...files
      .filter((file) => !wanted.includes(file) && !file.startsWith('dist/console/'))
      .filter((file) => !sources.includes(`${isBuilt.exec(file)?.[1]}.ts`))
      .map((file) => `${file} of the server has no source: delete standalone/dist and build again`),
  ];
}

/** @param into A folder that does not exist yet. */
export function stageServer(root: string, into: string): void {
  const from = join(root, 'standalone');
  const missing = wanted.filter((file) => !existsSync(join(from, file)));
  if (missing.length > 0) {
    throw new Error(
      serverTroubles(
        wanted.filter((file) => !missing.includes(file)),
        [],
      ).join('\n'),
    );
  }
  const manifest = stagedManifest(manifestIn(from), manifestIn(root));
  mkdirSync(into);
  for (const name of ['dist', 'README.md', 'LICENSE']) {
    cpSync(join(from, name), join(into, name), { recursive: true });
  }
  writeFileSync(join(into, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
}

/** The folders of what a package depends on, and of what that depends on, as Node finds them; not those in `known`. */
export function dependencyFolders(from: string, known: ReadonlySet<string>): string[] {
  const folders = new Set<string>();
  const follow = (dependent: string): void => {
    for (const name of Object.keys(manifestIn(dependent).dependencies ?? {})) {
      const folder = known.has(name) ? undefined : folderOf(name, dependent);
      if (folder !== undefined && !folders.has(folder)) {
        folders.add(folder);
        follow(folder);
      }
    }
  };
  follow(from);
  return [...folders];
}

/** @param work Where folders may be made. */
export function checkServer(root: string, library: string, work: string): void {
  const staged = join(work, 'server');
  stageServer(root, staged);
  const known = new Set([manifestIn(root).name]);
  const [tarball] = pack([staged], { into: join(work, 'server-tarball') });
  const others = pack(dependencyFolders(join(root, 'standalone'), known), {
    into: join(work, 'server-dependencies'),
    asItLies: true,
  });
  const project = join(work, 'server-project');
  install([library, tarball!, ...others], project);
  const installed = join(project, 'node_modules', manifestIn(staged).name);
  const troubles = serverTroubles(filesUnder(installed), filesUnder(join(root, 'standalone')));
  if (troubles.length > 0) {
    throw new Error(troubles.join('\n'));
  }
  run('publint', root, join(root, 'node_modules/.bin/publint'), 'run', tarball!, '--strict');
  const visit = fileURLToPath(new URL('./visit.ts', import.meta.url));
  run('the installed server', root, join(root, 'node_modules/.bin/tsx'), visit, project);
}

function folderOf(name: string, from: string): string {
  const folder = join(from, 'node_modules', name);
  if (existsSync(join(folder, 'package.json'))) {
    return folder;
  }
  if (dirname(from) === from) {
    throw new Error(`${name} is not installed: run \`npm ci\``);
  }
  return folderOf(name, dirname(from));
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'));
}

function manifestIn(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , into] = process.argv;
  if (into === undefined) {
    console.error('server: name the folder to make, one that does not exist yet');
    process.exitCode = 1;
  } else {
    stageServer(fileURLToPath(new URL('../..', import.meta.url)), into);
    console.log(`server: made ${into}, for npm publish`);
  }
}
