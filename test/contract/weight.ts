/**
 * What a contract costs the compiler: a program with a contract of so many channels, and the use of each, against the same imports alone.
 * In: a number of channels. Out: what `tsc --extendedDiagnostics` counts. Fails: when the program does not compile.
 */
import { spawnSync } from 'node:child_process';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeProject } from './project.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Weight {
  readonly types: number;
  readonly instantiations: number;
  /** In seconds: for people, never to be judged by. */
  readonly checkTime: number;
}

const imports = `import { z } from 'zod';
import { contract, type CallsOf, type EventsOf, type HandlersOf, type ParamsArgument, type PatternOf, type PresenceOf, type ProgressOf, type SessionOf, type SignalsOf, type StateOf, type UserOf } from '../../src/contract/index.ts';
export type Used = [typeof z, typeof contract, CallsOf<never>, EventsOf<never, never>, HandlersOf<never>, ParamsArgument<'a'>, PatternOf<never>, PresenceOf<never, never>, ProgressOf<never, undefined, never>, SessionOf<never>, SignalsOf<never, never>, StateOf<never, never>, UserOf<never>];
`;

/** As a client and a server would have them. */
const ends = `type App = typeof app;
declare function open<P extends PatternOf<App>>(pattern: P, ...params: ParamsArgument<P>): {
  publish<E extends keyof EventsOf<App, P>>(event: E, data: EventsOf<App, P, 'input'>[E]): void;
  on<E extends keyof EventsOf<App, P>>(event: E, run: (data: EventsOf<App, P>[E]) => void): void;
  signal<S extends keyof SignalsOf<App, P>>(name: S, data: SignalsOf<App, P, 'input'>[S]): void;
  call<M extends keyof CallsOf<App, P> & string>(name: M, data: CallsOf<App, P>[M]['in'], onProgress?: (data: ProgressOf<App, P, M, 'input'>) => void): CallsOf<App, P>[M]['out'];
  state(): StateOf<App, P>;
};
declare function serve(rules: {
  [P in PatternOf<App>]: {
    authorize(asked: { user: UserOf<App>; session: SessionOf<App> }): boolean;
    presence?(asked: { user: UserOf<App> }): PresenceOf<App, P, 'input'>;
    calls?: { [M in keyof HandlersOf<App, P>]: (given: HandlersOf<App, P>[M]['in'], context: { progress: (data: ProgressOf<App, P, M & string, 'input'>) => void }) => HandlersOf<App, P>[M]['out'] };
  };
}): void;
`;

const channel = (n: number): string => `
    'area${n}/:room/:part': {
      events: {
        message: z.object({ text: z.string().max(2000), by: z.string(), tags: z.array(z.string()) }),
        edited: z.object({ id: z.string(), text: z.string(), at${n}: z.number() }),
      },
      signals: { typing: z.object({ by: z.string() }) },
      presence: z.object({ name: z.string(), since: z.number().optional() }),
      calls: { send: { in: z.object({ text: z.string() }), out: z.object({ id: z.string(), n${n}: z.number() }), progress: z.object({ n${n}: z.number() }) } },
      history: { entries: ${n + 1}, ageMs: 86_400_000 },
    },
    'price${n}/:symbol': { state: z.object({ bid: z.number(), ask: z.number(), n${n}: z.number() }) },`;

const use = (n: number): string => `
const room${n} = open('area${n}/:room/:part', { room: '1', part: '2' });
room${n}.publish('message', { text: 'hi', by: 'ann', tags: [] });
room${n}.on('edited', ({ at${n} }) => at${n}.toFixed());
room${n}.signal('typing', { by: 'ann' });
room${n}.call('send', { text: 'hi' }, (step) => step.n${n}.toFixed()).n${n}.toFixed();
open('price${n}/:symbol', { symbol: 'x' }).state().n${n}.toFixed();`;

const rules = (n: number): string => `
  'area${n}/:room/:part': {
    authorize: ({ user, session }) => user.id !== session.device,
    presence: ({ user }) => ({ name: user.name }),
    calls: { send: ({ text }, { progress }) => (progress({ n${n}: 1 }), { id: text, n${n}: 1 }) },
  },
  'price${n}/:symbol': { authorize: () => true },`;

/** @param channels An even number: half of them logs with everything, half keyed state. 0: the imports alone. */
export function programOf(channels: number): string {
  const all = Array.from({ length: channels / 2 }, (_, n) => n);
  if (channels === 0) {
    return imports;
  }
  return `${imports}
const app = contract({
  user: z.object({ id: z.string(), name: z.string() }),
  session: z.object({ device: z.string() }),
  channels: {${all.map(channel).join('')}
  },
});
${ends}${all.map(use).join('')}
serve({${all.map(rules).join('')}
});
`;
}

export function weigh(program: string): Weight {
  const { folder, remove } = makeProject(program);
  try {
    const words = ['-p', relative(root, folder), '--extendedDiagnostics', '--singleThreaded'];
    const tsc = join(root, 'node_modules/.bin/tsc');
    const { status, stdout } = spawnSync(tsc, words, { cwd: root, encoding: 'utf8' });
    if (status !== 0) {
      throw new Error(`the program does not compile: ${stdout.slice(0, 2_000)}`);
    }
    const read = (name: string): number => {
      const found = new RegExp(`^${name}: +([\\d.]+)`, 'm').exec(stdout)?.[1];
      if (found === undefined) {
        throw new Error(`tsc does not say ${name}`);
      }
      return Number(found);
    };
    return {
      types: read('Types'),
      instantiations: read('Instantiations'),
      checkTime: read('Check time'),
    };
  } finally {
    remove();
  }
}
