/**
 * The tarballs as a user meets them: packed, installed in an empty project without a network, opened by every door; and the
 * server beside it, started by its command.
 * In: the project. Out: exit code 0, or each thing that is wrong with what to do about it, and 1.
 */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type ExportedDoor,
  jsConsumers,
  jsProgram,
  openedBy,
  tsConsumers,
  tsProgram,
  tsSettings,
} from './packed/consumers.ts';
import { contentTroubles, manifestTroubles, type PackedManifest } from './packed/contents.ts';
import { install, pack, run } from './packed/npm.ts';
import { checkServer } from './packed/server.ts';
import { namesOf } from './tidy/door-names.ts';
import { doorsOf, manifestOf } from './tidy/doors.ts';
import { type Room, roomOf, rooms } from './tidy/floors.ts';
import { readTree, type Tree } from './tidy/tree.ts';

/** The doors of the project with what their sources export: what the tarball is held against. */
export function exportedDoors(tree: Tree): ExportedDoor[] {
  return doorsOf(tree).map(({ name, specifier, file }) => {
    const source = tree.sources.get(file);
    if (source === undefined) {
      throw new Error(`the door ${name} leads to ${file}, which does not exist: write it`);
    }
    const room = roomOf(file);
    return {
      specifier,
      conditions: /\((.*)\)$/.exec(name)?.[1]?.split(', ') ?? [],
      knowsNode: room?.knowsNode ?? true,
      knowsWeb: room?.knowsNode === false && isOfPages(room),
      ...namesOf(source),
    };
  });
}

/** The SDK, and whatever shows what it exports. */
function isOfPages({ name, mayImport }: Room): boolean {
  return name.split('/')[0] === 'client' || mayImport.includes('client');
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'));
}

/** What a door stands on that is not ours, as in a project that has it. */
function linkPeers(root: string, project: string): void {
  for (const name of new Set(rooms.flatMap(({ npm = [] }) => npm))) {
    for (const path of [name, `@types/${name}`]) {
      const link = join(project, 'node_modules', path);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(join(root, 'node_modules', path), link, 'dir');
    }
  }
}

function manifestIn(folder: string): PackedManifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackedManifest;
}

function refuse(troubles: readonly string[]): void {
  if (troubles.length > 0) {
    throw new Error(troubles.join('\n'));
  }
}

function javascript(project: string, doors: readonly ExportedDoor[]): void {
  for (const { name, file, conditions } of jsConsumers) {
    writeFileSync(join(project, file), jsProgram(file, openedBy(doors, conditions)));
    const flags = conditions.map((condition) => `--conditions=${condition}`);
    run(`JavaScript by ${name}`, project, process.execPath, ...flags, file);
  }
}

function typescript(root: string, project: string, doors: readonly ExportedDoor[]): void {
  const typeRoot = join(root, 'node_modules/@types');
  for (const [at, consumer] of tsConsumers.entries()) {
    const program = `consume${at}.ts`;
    const settings = `tsconfig${at}.json`;
    const opened = openedBy(doors, consumer.conditions).filter(consumer.opens);
    writeFileSync(join(project, program), tsProgram(opened));
    writeFileSync(join(project, settings), tsSettings(consumer, program, typeRoot));
    const tsc = join(root, 'node_modules/.bin/tsc');
    run(`TypeScript, ${consumer.name},`, project, tsc, '-p', settings);
  }
}

/** Gives the exit code. */
export function checkPackage(root: string, print: (line: string) => void): number {
  const work = mkdtempSync(join(tmpdir(), 'packed-'));
  try {
    refuse(manifestTroubles(manifestIn(root)));
    const tree = readTree(root);
    const doors = exportedDoors(tree);
    const project = join(work, 'project');
    // Builds first, by the script `prepack`.
    const [tarball = ''] = pack([root], { into: join(work, 'tarball') });
    install([tarball], project);
    linkPeers(root, project);
    const installed = join(project, 'node_modules', manifestOf(tree).name);
    const steps: readonly [string, () => void][] = [
      ['contents', () => refuse(contentTroubles(filesUnder(installed), manifestIn(installed)))],
      ['publint', () => publint(root, tarball)],
      ['JavaScript', () => javascript(project, doors)],
      ['TypeScript', () => typescript(root, project, doors)],
      ['the server', () => checkServer(root, tarball, work)],
    ];
    const failures = steps.filter(([name, step]) => !succeeds(name, step, print));
    print(`packed: ${doors.length} doors, ${failures.length} of ${steps.length} checks failed`);
    return failures.length === 0 ? 0 : 1;
  } catch (error) {
    print(`packed: ${messageOf(error)}`);
    return 1;
  } finally {
    rmSync(work, { recursive: true });
  }
}

function publint(root: string, tarball: string): void {
  run('publint', root, join(root, 'node_modules/.bin/publint'), 'run', tarball, '--strict');
}

function succeeds(name: string, step: () => void, print: (line: string) => void): boolean {
  try {
    step();
    return true;
  } catch (error) {
    print(`packed: ${name}: ${messageOf(error)}`);
    return false;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url));
  process.exitCode = checkPackage(root, console.log);
}
