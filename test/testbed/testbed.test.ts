import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { memoryDefaults } from '../../src/brokers/memory.ts';
import { contract } from '../../src/contract/index.ts';
import { implement } from '../../src/hub/app/index.ts';
import type { Policy } from '../../src/ports/index.ts';
import { type Testbed, testbed, testbedDefaults } from '../../src/testbed/index.ts';

const policy: Policy = {
  connect: ({ token }) => token,
  subscribe: () => true,
  publish: () => true,
  enter: () => true,
  roster: () => true,
};

/** What a client hears in a channel. */
function follow(bed: Testbed, user: string, options: { readonly server?: string } = {}) {
  const client = bed.client(user, { token: user, ...options });
  const heard: unknown[] = [];
  const room = client.subscribe('room');
  room.on('publication', ({ data }) => heard.push(data));
  room.on('gap', ({ reason }) => heard.push(`gap: ${reason}`));
  return { client, room, heard };
}

describe('a bed for tests', () => {
  it('serves an implemented contract, as it serves a policy', async () => {
    const bed = testbed();
    const app = implement(contract({ channels: { room: { events: { line: z.string() } } } }), {
      authenticate: ({ token }) => (token === undefined ? undefined : { id: token }),
      channels: { room: { authorize: () => true } },
    });
    await bed.serve({ app });
    const ada = follow(bed, 'ada');
    await bed.advance(1_000);
    await app.channel('room').publish('line', 'hello');
    await bed.advance(1_000);
    expect(ada.heard).toEqual(['hello']);
    bed.close();
  });

  it('has a server and clients that talk when the clock is turned, and not before', async () => {
    const bed = testbed({ delayMs: 20 });
    await bed.serve({ policy });
    const ada = follow(bed, 'ada');
    const bob = follow(bed, 'bob');
    await bed.advance(1_000);
    const publishing = ada.room.publish('hello');
    expect(bob.heard).toEqual([]);
    await bed.advance(40);
    expect(bob.heard).toEqual(['hello']);
    expect(await publishing).toMatchObject({ position: expect.stringContaining(':1:') });
    bed.close();
  });

  it('heals what a test breaks: nothing is lost, doubled or out of order', async () => {
    const bed = testbed({ delayMs: 20 });
    await bed.serve({ policy });
    const ada = follow(bed, 'ada');
    const bob = follow(bed, 'bob');
    await bed.advance(1_000);
    bed.network.partition(['bob'], ['server']);
    for (const line of ['one', 'two', 'three']) {
      void ada.room.publish(line);
      await bed.advance(30_000);
    }
    expect(bob.heard).toEqual([]);
    bed.network.heal();
    await bed.advance(30_000);
    expect(bob.heard).toEqual(['one', 'two', 'three']);
    bed.close();
  });

  it('has many servers on one engine: who loses one goes on by another when it has the name', async () => {
    const bed = testbed();
    const south = await bed.serve({ policy }, 'south');
    await bed.serve({ policy }, 'north');
    const ada = follow(bed, 'ada', { server: 'south' });
    const bob = follow(bed, 'bob', { server: 'north' });
    await bed.advance(1_000);
    south.crash();
    void bob.room.publish('is anybody there?');
    await bed.advance(1_000);
    expect(ada.client.status).toBe('waiting');
    await bed.serve({ policy }, 'south');
    await bed.advance(60_000);
    expect(ada.heard).toEqual(['is anybody there?']);
    bed.close();
  });

  it('a server that has crashed does nothing more: its members leave when its lease has ended', async () => {
    const bed = testbed();
    const south = await bed.serve({ policy, presence: { leaseMs: 10_000 } }, 'south');
    await bed.serve({ policy, presence: { leaseMs: 10_000 } }, 'north');
    const ada = follow(bed, 'ada', { server: 'south' });
    const entering = ada.room.enter({ name: 'Ada' });
    const watcher = bed.client('bob', { token: 'bob', server: 'north' });
    const roster = watcher.roster('room');
    await bed.advance(1_000);
    await entering;
    expect(roster.state.size).toBe(1);
    south.crash();
    await bed.advance(180_000);
    expect(roster.state.size).toBe(0);
    bed.close();
  });

  it('a server that is stopped says why', async () => {
    const bed = testbed();
    const server = await bed.serve({ policy });
    const ada = follow(bed, 'ada');
    await bed.advance(1_000);
    const codes: unknown[] = [];
    ada.client.on('status', ({ error }) => codes.push(error?.code));
    const stopping = server.stop();
    await bed.advance(6_000);
    await stopping;
    expect(codes[0]).toBe('SERVER_STOPPING');
    bed.close();
  });

  it('does the same for the same seed, and something else for another', async () => {
    const run = async (seed: number): Promise<string> => {
      const bed = testbed({ seed, delayMs: 10, jitterMs: 200, cutShare: 0.2 });
      await bed.serve({ policy });
      const ada = follow(bed, 'ada');
      const told: string[] = [];
      ada.client.on('status', ({ status, retryInMs }) => {
        told.push(`${bed.clock.nowMs()} ${status} ${retryInMs ?? ''}`);
      });
      await bed.advance(120_000);
      bed.close();
      return told.join('\n');
    };
    const first = await run(7);
    expect(first.split('\n').length).toBeGreaterThan(10);
    expect(await run(7)).toBe(first);
    expect(await run(8)).not.toBe(first);
  });

  it('takes limits of its engine: what is trimmed is a gap', async () => {
    const bed = testbed({ memory: { maxEntries: 2 } });
    expect(testbedDefaults.memory).toEqual({});
    expect(memoryDefaults.maxEntries).toBeGreaterThan(2);
    await bed.serve({ policy });
    const ada = follow(bed, 'ada');
    const bob = follow(bed, 'bob');
    await bed.advance(1_000);
    bed.network.partition(['bob'], ['server']);
    for (let n = 1; n <= 5; n += 1) {
      void ada.room.publish(n);
    }
    await bed.advance(30_000);
    bed.network.heal();
    await bed.advance(30_000);
    expect(bob.heard).toEqual(['gap: trimmed', 4, 5]);
    bed.close();
  });
});
