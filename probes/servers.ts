/**
 * Real engines as processes of our own: on free ports, with their data in a folder that goes with them.
 * In: the name of an engine. Out: how to open a node on it, and how to end it. Fails: when it does not answer within a minute.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ears } from '../src/ports/index.ts';
import { openNats } from './nats.ts';
import type { Node, Open } from './questions.ts';
import { openRabbitmq } from './rabbitmq.ts';
import { openRedis } from './redis.ts';

type EngineName = 'redis' | 'nats' | 'rabbitmq';

export interface Engine {
  readonly port: number;
  readonly open: Open;
  stop(): Promise<void>;
}

interface Plan {
  readonly open: (port: number, ears: Ears) => Promise<Node>;
  readonly commands: (port: number, folder: string) => Promise<readonly Command[]>;
}
interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const plans: Readonly<Record<EngineName, Plan>> = {
  redis: {
    open: openRedis,
    async commands(port, folder) {
      const options = ['--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'];
      return [{ program: 'redis-server', args: ['--port', String(port), ...options] }];
    },
  },
  nats: {
    open: openNats,
    async commands(port, folder) {
      const args = ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', folder];
      return [{ program: 'nats-server', args }];
    },
  },
  rabbitmq: {
    open: openRabbitmq,
    async commands(port, folder) {
      // Erlang's register of names would start by itself, and stay: it is ours, too, and ends with the rest.
      const names = String(await freePort());
      const env = {
        HOME: folder,
        ERL_EPMD_PORT: names,
        ERL_EPMD_ADDRESS: '127.0.0.1',
        RABBITMQ_NODENAME: `probe${port}@localhost`,
        RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
        RABBITMQ_NODE_PORT: String(port),
        RABBITMQ_DIST_PORT: String(await freePort()),
        RABBITMQ_MNESIA_BASE: folder,
        RABBITMQ_LOG_BASE: folder,
        RABBITMQ_LOGS: '-',
        RABBITMQ_PID_FILE: join(folder, 'pid'),
        RABBITMQ_CONFIG_FILE: join(folder, 'none'),
        RABBITMQ_CONF_ENV_FILE: join(folder, 'none.env'),
        RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'plugins'),
        RABBITMQ_GENERATED_CONFIG_DIR: folder,
      };
      return [
        { program: 'epmd', args: ['-port', names, '-address', '127.0.0.1'] },
        // Past Debian's wrapper, which would run it as somebody else.
        { program: '/usr/lib/rabbitmq/bin/rabbitmq-server', args: [], env },
      ];
    },
  },
};

export const engineNames = Object.keys(plans) as readonly EngineName[];

export async function startEngine(name: EngineName): Promise<Engine> {
  const plan = plans[name];
  const folder = mkdtempSync(join(tmpdir(), `probe-${name}-`));
  const port = await freePort();
  const children: ChildProcess[] = [];
  const stop = async (): Promise<void> => {
    for (const child of children.reverse().filter(({ exitCode }) => exitCode === null)) {
      const over = once(child, 'exit');
      // With all that it has started.
      process.kill(-child.pid!, 'SIGKILL');
      await over;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  for (const { program, args, env } of await plan.commands(port, folder)) {
    children.push(
      spawn(program, args, {
        cwd: folder,
        stdio: 'ignore',
        detached: true,
        env: { ...process.env, ...env },
      }),
    );
  }
  const open: Open = (ears) => plan.open(port, ears);
  try {
    await answers(open, children);
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, open, stop };
}

/** It listens before it can do anything. */
async function answers(open: Open, children: readonly ChildProcess[]): Promise<void> {
  const endMs = performance.now() + 60_000;
  for (;;) {
    try {
      const node = await open({ deliver() {}, hear() {} });
      return await node.stop();
    } catch (error) {
      if (performance.now() > endMs || children.some(({ exitCode }) => exitCode !== null)) {
        throw error;
      }
    }
    await sleep(200);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
