import { describe, expect, it } from 'vitest';
import { withContract } from '../../../src/client/app/index.ts';
import { type App, startBed } from './world.ts';

describe('a client with a contract', () => {
  it('is made when it is first needed: looking at it needs none', async () => {
    const { bed, clientOf } = await startBed();
    let made = 0;
    const rt = withContract<App>(() => {
      made += 1;
      return clientOf('ada');
    });
    const room = rt.channel('chat/:room', { room: '1' });
    expect(rt.status.get()).toEqual({ status: 'connecting' });
    const seen = [room.status, room.state, room.roster, room.messages(), room.signals('typing')];
    expect(seen.map(({ get }) => get())).toEqual([{ status: 'pending' }, new Map(), [], [], []]);
    rt.close();
    expect(made).toBe(0);
    room.on('message', () => undefined);
    await bed.advance(100);
    expect([made, rt.status.get()]).toEqual([1, { status: 'connected' }]);
    rt.close();
    expect(rt.client.status).toBe('closed');
    bed.close();
  });

  it('knows as whom it is in, and which member it is: the same after a reconnection', async () => {
    const { bed, clientOf } = await startBed();
    const rt = withContract<App>(() => clientOf('ada'));
    expect([rt.user, rt.session]).toEqual([undefined, undefined]);
    const room = rt.channel('chat/:room', { room: '1' });
    room.roster.subscribe(() => undefined);
    room.stay({ mood: 'well' });
    await bed.advance(100);
    const [member] = room.roster.get();
    expect([rt.user, rt.session]).toEqual(['ada', member!.session]);
    bed.network.cut('ada');
    await bed.advance(60_000);
    expect([rt.status.get(), rt.session]).toEqual([{ status: 'connected' }, member!.session]);
    bed.close();
  });

  it('calls methods of no channel, and of one', async () => {
    const { bed, rt } = await startBed();
    const ada = rt('ada');
    const adding = ada.call('add', [1, 2, 3]);
    await bed.advance(100);
    expect(await adding).toBe(6);
    const counting = ada.channel('chat/:room', { room: '1' }).call('count', 'me');
    await bed.advance(100);
    expect(await counting).toBe('chat/1 me'.length);
    bed.close();
  });

  it('refuses parameters that name no channel', async () => {
    const { bed, rt } = await startBed();
    expect(() => rt('ada').channel('chat/:room', { room: '' })).toThrow(
      expect.objectContaining({ name: 'ContractError', code: 'PARAMS_INVALID' }),
    );
    bed.close();
  });

  it('goes on from a position that was kept, and after a gap from a snapshot', async () => {
    const { bed, rt } = await startBed({ memory: { maxEntries: 2 } });
    const bob = rt('bob').channel('chat/:room', { room: '1' });
    const publishing = bob.publish('rename', '0');
    void bob.publish('rename', '1');
    await bed.advance(100);
    const { position: since } = await publishing;
    const heard: string[] = [];
    const resync = async (): Promise<string> => {
      const { entries, top } = await room.history();
      heard.push(`snapshot ${JSON.stringify(entries.map(({ data }) => data))}`);
      return top;
    };
    const room = rt('ada').channel('chat/:room', { room: '1' }, { since, resync });
    room.on('rename', (name) => heard.push(name));
    room.on('gap', ({ reason }) => heard.push(reason));
    const messages = room.messages();
    messages.subscribe(() => undefined);
    await bed.advance(100);
    expect(heard).toEqual(['1']);
    bed.network.partition(['ada'], ['server']);
    for (const name of ['2', '3', '4', '5']) {
      void bob.publish('rename', name);
    }
    await bed.advance(30_000);
    bed.network.heal();
    await bed.advance(30_000);
    void bob.publish('rename', '6');
    await bed.advance(100);
    expect(heard).toEqual(['1', 'trimmed', 'snapshot ["4","5"]', '6']);
    expect(messages.get().map(({ data }) => data)).toEqual(['4', '5', '6']);
    bed.close();
  });

  it('tells what came and does not fit, until that is not wanted any more', async () => {
    const { bed, hub, checkedRt } = await startBed();
    const ada = checkedRt('ada');
    const told: unknown[] = [];
    const end = ada.on('invalid', (invalid) => told.push(invalid));
    ada.channel('chat/:room', { room: '1' }).on('rename', () => told.push('never'));
    await bed.advance(100);
    await hub.publish('chat/1', 5, { event: 'rename' });
    await bed.advance(100);
    end();
    await hub.publish('chat/1', 6, { event: 'rename' });
    await bed.advance(100);
    const issues = [{ path: '', message: expect.any(String) }];
    expect(told).toEqual([{ channel: 'chat/1', name: 'rename', issues }]);
    bed.close();
  });

  it('without the contract passed in looks at nothing', async () => {
    const { bed, rt, hub } = await startBed();
    const heard: unknown[] = [];
    rt('ada')
      .channel('chat/:room', { room: '1' })
      .on('rename', (name) => heard.push(name));
    await bed.advance(100);
    await hub.publish('chat/1', 5, { event: 'rename' });
    await bed.advance(100);
    expect(heard).toEqual([5]);
    bed.close();
  });
});
