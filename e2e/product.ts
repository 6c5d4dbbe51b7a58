/**
 * The product as a user starts it: its own process, from the built files.
 * In: a port, and more of its options. Out: the port it took. Fails: with what it printed, when it ends before it is up.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../standalone/dist/main.js', import.meta.url));

export interface Product {
  readonly port: number;
  /** As a crash does it: at once, and without a word. */
  kill(): Promise<void>;
  /** As an operator does it. Gives the exit code. */
  stop(): Promise<number | null>;
}

export async function startProduct(
  port: number,
  options: readonly string[] = [],
): Promise<Product> {
  const child = spawn(process.execPath, [main, '--port', String(port), ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1' },
  });
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    const ended = once(child, 'exit');
    child.kill(signal);
    const [code] = (await ended) as [number | null];
    return code;
  };
  return {
    port: await announcedPort(child),
    async kill() {
      await end('SIGKILL');
    },
    stop: () => end('SIGTERM'),
  };
}

function announcedPort(child: ChildProcess): Promise<number> {
  let printed = '';
  return new Promise((resolve, reject) => {
    const read = (text: Buffer): void => {
      printed += text.toString();
      const found = /http:\/\/127\.0\.0\.1:(\d+)\//.exec(printed);
      if (found !== null) {
        resolve(Number(found[1]));
      }
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', () => reject(new Error(`the product ended:\n${printed}`)));
  });
}
