/**
 * Peers that are processes of their own.
 * In: a command. Out: its first line, and its end. Fails: with everything it printed, when it ends too soon.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Peer {
  /** Its first line, without the line end. */
  readonly firstLine: Promise<string>;
  stop(): Promise<void>;
}

const folder = fileURLToPath(new URL('./peers/', import.meta.url));

export function startPeer(command: string, ...args: readonly string[]): Peer {
  const child = spawn(command, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return {
    firstLine: readFirstLine(child, `${command} ${args.join(' ')}`),
    async stop() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function readFirstLine(child: ChildProcess, name: string): Promise<string> {
  let output = '';
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  return new Promise((resolve, reject) => {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const end = output.indexOf('\n');
      if (end >= 0) {
        resolve(output.slice(0, end));
      }
    });
    child.once('error', reject);
    child.once('close', () => reject(new Error(`${name} said nothing.\n${output}${errors}`)));
  });
}
