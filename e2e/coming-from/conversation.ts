/**
 * What is said in a chat, by the programs of one guide: before, or after.
 * In: whose guide, and which programs. Out: what each client printed. Fails: with what was printed, when a program ends too early or in error.
 * ws and Socket.IO are the real ones on both ends. The clients of Pusher and Centrifugo are the real ones too; their servers are no npm
 * packages, and in their place stands what speaks the few messages of their documented protocols that these programs use.
 */
import { type Program, startProgram } from '../program.ts';
import { startCentrifugo } from './centrifugo.ts';
import { startPusher } from './pusher.ts';
import type { StandIn } from './stand-in.ts';

type Env = Readonly<Record<string, string>>;

export interface Spoken {
  readonly ada: string;
  readonly bob: string;
  readonly eve: string;
}

/** Ada and Bob in the lobby, Eve in the kitchen. */
export async function converse(peer: string, when: 'before' | 'after'): Promise<Spoken> {
  const running: Program[] = [];
  let backend = '';
  const standIn = when === 'before' ? await standInFor(peer, () => backend) : undefined;
  const env: Env =
    standIn === undefined ? {} : { PUSHER_URL: standIn.url, CENTRIFUGO_URL: standIn.url };
  const run: Run = (file, words = []) => {
    const command = ['node', `examples/coming-from/${peer}/${when}-${file}.js`, ...words];
    const program = startProgram(command, { PORT: '0', NODE_NO_WARNINGS: '1', ...env });
    running.push(program);
    return program;
  };
  try {
    const [, url = ''] = await run('server').saw(/^Chat on (\S+)$/m);
    backend = url;
    return await chat(run, url);
  } finally {
    await Promise.all(running.map((program) => program.end('SIGKILL')));
    standIn?.close();
  }
}

type Run = (file: 'server' | 'client', words?: readonly string[]) => Program;

/** What stands in the place of a server that is not there. */
async function standInFor(peer: string, backend: () => string): Promise<StandIn | undefined> {
  switch (peer) {
    case 'pusher':
      return startPusher();
    case 'centrifugo':
      return startCentrifugo(backend);
    default:
      return undefined;
  }
}

async function chat(run: Run, url: string): Promise<Spoken> {
  const ada = run('client', [url, 'Ada', 'lobby']);
  const eve = run('client', [url, 'Eve', 'kitchen']);
  await Promise.all([ada.saw(/^Ada is here$/m), eve.saw(/^Eve is here$/m)]);
  const bob = run('client', [url, 'Bob', 'lobby']);
  await Promise.all([ada.saw(/^Bob is here$/m), bob.saw(/^Bob is here$/m)]);
  bob.type('Is the line up?');
  await Promise.all([ada.saw(/^Bob: Is/m), bob.saw(/^sent as 1$/m)]);
  eve.type('Tea?');
  await eve.saw(/^sent as 1$/m);
  ada.type('Taut as a bowstring.');
  await Promise.all([bob.saw(/^Ada: Taut/m), ada.saw(/^sent as 2$/m)]);
  await leave(bob);
  await ada.saw(/^Bob has left$/m);
  await Promise.all([leave(ada), leave(eve)]);
  return { ada: ada.printed(), bob: bob.printed(), eve: eve.printed() };
}

async function leave(program: Program): Promise<void> {
  program.fallSilent();
  const code = await program.ended();
  if (code !== 0) {
    throw new Error(`it ended with ${code}:\n${program.printed()}`);
  }
}
