/**
 * npm and other programs, run to their end.
 * In: folders. Out: tarballs, an installed project. Fails: with what the program said. Nothing is asked of a registry.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** @throws {Error} With what it said, when it failed. */
export function run(what: string, cwd: string, program: string, ...args: readonly string[]): void {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, encoding: 'utf8' });
  if (status !== 0) {
    throw new Error(`${what} failed:\n${error?.message ?? `${stdout}${stderr}`.trim()}`);
  }
}

export interface PackOptions {
  /** A folder that does not exist yet. */
  readonly into: string;
  /** Whether a script `prepack` is left out. */
  readonly asItLies?: boolean;
}

/** Gives the paths of the tarballs, by name. */
export function pack(
  folders: readonly string[],
  { into, asItLies = false }: PackOptions,
): string[] {
  mkdirSync(into);
  const flags = asItLies ? ['--ignore-scripts'] : [];
  run('npm pack', into, 'npm', 'pack', '--pack-destination', into, ...flags, ...folders);
  const tarballs = readdirSync(into).filter((name) => name.endsWith('.tgz'));
  if (tarballs.length !== folders.length) {
    throw new Error(`npm pack left ${tarballs.length} tarballs of ${folders.length} in ${into}`);
  }
  return tarballs.sort().map((name) => join(into, name));
}

/** Makes an empty project with these tarballs in it. What they depend on must be among them: the cache is empty too. */
export function install(tarballs: readonly string[], project: string): void {
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }\n');
  const alone = ['--offline', '--cache', `${project}-cache`];
  const flags = [...alone, '--no-audit', '--no-fund', '--ignore-scripts'];
  run('npm install of the tarball', project, 'npm', 'install', ...flags, ...tarballs);
}
