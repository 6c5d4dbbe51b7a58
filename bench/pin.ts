/**
 * One core for the server, another for the load, so that neither pushes the other about.
 * In: a command and a core. Out: the command that runs it there. It takes Linux, `taskset` and two cores; else the command as it is.
 */
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';

export const serverCore = 0;
export const loadCore = 1;

/** Whether server and load have a core each. */
export const isPinned: boolean =
  cpus().length >= 2 &&
  spawnSync('taskset', ['-c', `${loadCore}`, 'true'], { stdio: 'ignore' }).status === 0;

export function pinned(core: number, command: readonly string[]): readonly string[] {
  return isPinned ? ['taskset', '-c', `${core}`, ...command] : command;
}
