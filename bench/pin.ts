/**
 * One core for the server, another for the load, so that neither pushes the other about.
 * In: a process and a core. Out: whether the system did it: it takes Linux, `taskset` and two cores.
 */
import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';

export const serverCore = 0;
export const loadCore = 1;

/** All threads of the process, and those it starts from here on. */
export function pin(pid: number, core: number): boolean {
  if (cpus().length < 2) {
    return false;
  }
  try {
    execFileSync('taskset', ['-acp', String(core), String(pid)], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
