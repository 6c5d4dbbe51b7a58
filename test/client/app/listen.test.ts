import { describe, expect, it } from 'vitest';
import { type Checks, noChecks } from '../../../src/client/app/checks.ts';
import { Home } from '../../../src/client/app/home.ts';
import { entryOf, listen } from '../../../src/client/app/listen.ts';
import type { Received } from '../../../src/client/index.ts';
import { startBed } from './world.ts';

async function listening(checks: Checks = noChecks) {
  const { bed, hub, asked, clientOf } = await startBed();
  const home = new Home(clientOf('ada'));
  const told: unknown[] = [];
  return {
    bed,
    hub,
    asked,
    told,
    bob: clientOf('bob'),
    listen: (name: string, channel = 'chat/1') =>
      listen(home, { name: channel, options: undefined, checks }, name, (...given) =>
        told.push([name, ...given]),
      ),
  };
}

const odd: Checks = {
  ...noChecks,
  seen: (part, data) => (Number(data) % 2 === 1 ? { data: `${part} ${String(data)}` } : undefined),
};

describe('listening by name', () => {
  it('tells what has this name, an entry with where it stands and a signal with who said it', async () => {
    const { bed, told, bob, listen: on } = await listening();
    on('a');
    await bed.advance(100);
    void bob.publish('chat/1', 1, { event: 'a' });
    void bob.publish('chat/1', 2, { event: 'b' });
    void bob.publish('chat/1', 3);
    await bed.advance(100);
    bob.signal('chat/1', 4, 'a');
    bob.signal('chat/1', 5);
    await bed.advance(100);
    expect(told).toEqual([
      ['a', 1, expect.objectContaining({ by: 'bob', offset: 1 })],
      ['a', 4, { by: 'bob' }],
    ]);
    bed.close();
  });

  it('follows as long as it is not ended', async () => {
    const { bed, asked, told, bob, listen: on } = await listening();
    const end = on('a');
    await bed.advance(100);
    end();
    await bed.advance(100);
    void bob.publish('chat/1', 1, { event: 'a' });
    await bed.advance(100);
    expect([asked, told]).toEqual([['ada chat/1'], []]);
    bed.close();
  });

  it('an event that is called like a word of the client is not what is told under that', async () => {
    const { bed, told, bob, listen: on } = await listening();
    for (const word of ['gap', 'status', 'state', 'presence']) {
      on(word);
    }
    await bed.advance(100);
    told.length = 0;
    for (const event of ['gap', 'status', 'state', 'presence']) {
      void bob.publish('chat/1', 1, { event });
    }
    await bed.advance(100);
    expect(told).toEqual([]);
    bed.close();
  });

  it('tells what the schemas make of it, and nothing that does not fit; that a key is gone always', async () => {
    const { bed, hub, told, bob, listen: on } = await listening(odd);
    on('a');
    on('state', 'price/X');
    await bed.advance(100);
    for (const n of [1, 2, 3]) {
      await hub.publish('chat/1', n, { event: 'a' });
      await hub.publish('price/X', n, { key: 'k' });
      bob.signal('chat/1', n, 'a');
      await bed.advance(100);
    }
    void bob.remove('price/X', 'k');
    await bed.advance(100);
    const short = told.map((each) => (each as unknown[]).slice(0, 2));
    expect(short).toEqual([
      ['a', 'events 1'],
      ['state', expect.objectContaining({ key: 'k', value: 'state 1' })],
      ['a', 'signals 1'],
      ['a', 'events 3'],
      ['state', expect.objectContaining({ key: 'k', value: 'state 3' })],
      ['a', 'signals 3'],
      ['state', { key: 'k', value: undefined, meta: undefined }],
    ]);
    bed.close();
  });
});

describe('an entry', () => {
  it('has an event, or is none', () => {
    const received = { event: 'a', data: 1 } as Received;
    expect(entryOf(noChecks, received)).toEqual({ event: 'a', data: 1, meta: received });
    expect(entryOf(noChecks, { ...received, event: undefined })).toBeUndefined();
    expect(entryOf(odd, { ...received, data: 2 })).toBeUndefined();
  });
});
