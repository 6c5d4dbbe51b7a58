/**
 * A server under test, in a process of its own.
 * In: the file that starts it. Out: its port and, when asked, what it has used. Fails: when the process ends.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { pin, serverCore } from './pin.ts';

export interface Usage {
  /** CPU time since its start, user and system, in microseconds. */
  readonly cpuUs: number;
  readonly residentBytes: number;
}

export interface Subject {
  readonly name: string;
  readonly port: number;
  usage(): Promise<Usage>;
  stop(): void;
}

export async function startSubject(name: string): Promise<Subject> {
  const file = fileURLToPath(new URL(`./servers/${name}.mjs`, import.meta.url));
  const child = fork(file, {
    execArgv: ['--expose-gc'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const { port } = (await answer(child)) as { port: number };
  pin(child.pid!, serverCore);
  return {
    name,
    port,
    usage() {
      const told = answer(child);
      child.send('usage');
      return told as Promise<Usage>;
    },
    stop: () => void child.kill('SIGKILL'),
  };
}

function answer(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const onExit = (): void => reject(new Error('the server under test ended'));
    child.once('exit', onExit);
    child.once('message', (message) => {
      child.off('exit', onExit);
      resolve(message);
    });
  });
}
