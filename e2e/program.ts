/**
 * A program as its own process, seen by what it prints.
 * In: a command. Out: the lines it printed, and a wait for those to come. Fails: with all it printed, when it ends instead.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export const root: string = fileURLToPath(new URL('..', import.meta.url));

export interface Program {
  /** Resolves with the first match in what was printed, or will be. */
  saw(pattern: RegExp): Promise<RegExpExecArray>;
  printed(): string;
  /** Types a line. */
  type(text: string): void;
  /** Nothing more will be typed. */
  fallSilent(): void;
  /** Gives the exit code, or null for a process that its signal ended. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  /** It ends by itself. */
  ended(): Promise<number | null>;
}

interface Wait {
  readonly pattern: RegExp;
  readonly resolve: (found: RegExpExecArray) => void;
  readonly reject: (error: Error) => void;
}

export function startProgram(
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Program {
  const child = spawn(command[0]!, command.slice(1), {
    cwd: root,
    stdio: 'pipe',
    // A group of its own, so that a signal reaches all of it, as from a terminal: npm does not always pass one on.
    detached: true,
    env: { ...process.env, NO_COLOR: '1', ...env },
  });
  let printed = '';
  let waits: Wait[] = [];
  const look = (): void => {
    for (const { pattern, resolve } of waits) {
      const found = pattern.exec(printed);
      if (found !== null) {
        resolve(found);
      }
    }
    waits = waits.filter(({ pattern }) => !pattern.test(printed));
  };
  const read = (text: Buffer): void => {
    printed += text.toString();
    look();
  };
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  const over = ending(child);
  void over.then((code) => {
    for (const { pattern, reject } of waits) {
      reject(new Error(`${command.join(' ')} ended (${code}) without ${pattern}:\n${printed}`));
    }
  });
  return {
    saw: (pattern) =>
      new Promise((resolve, reject) => {
        waits.push({ pattern, resolve, reject });
        look();
        void over.then((code) => reject(new Error(`it has ended (${code}):\n${printed}`)));
      }),
    printed: () => printed,
    type(text) {
      child.stdin.write(`${text}\n`);
    },
    fallSilent() {
      child.stdin.end();
    },
    end(signal) {
      if (child.exitCode === null && child.signalCode === null) {
        process.kill(-child.pid!, signal);
      }
      return over;
    },
    ended: () => over,
  };
}

/** All that was printed has been read when this resolves. */
async function ending(child: ChildProcess): Promise<number | null> {
  const [code] = (await once(child, 'close')) as [number | null];
  return code;
}
