import { describe, expect, it } from 'vitest';
import { startBed, watch } from './world.ts';

describe('the roster of a channel', () => {
  it('has who is there, those who came first first', async () => {
    const { bed, rt } = await startBed();
    const { roster } = rt('eve').channel('chat/:room', { room: '1' });
    const empty = roster.get();
    const { told, stop } = watch(roster);
    await bed.advance(100);
    const ada = rt('ada').channel('chat/:room', { room: '1' });
    void ada.enter({ mood: 'well' });
    await bed.advance(100);
    void rt('bob').channel('chat/:room', { room: '1' }).enter({ mood: 'so' });
    await bed.advance(100);
    const said = roster.get().map(({ user, data }) => `${user} ${data.mood}`);
    expect(said).toEqual(['ada well', 'bob so']);
    expect(roster.get()).toBe(roster.get());
    const [, bob] = roster.get();
    void ada.enter({ mood: 'better' });
    await bed.advance(100);
    expect(roster.get()[0]).toMatchObject({ user: 'ada', data: { mood: 'better' } });
    expect(roster.get()[1]).toBe(bob);
    void ada.exit();
    await bed.advance(100);
    expect(roster.get()).toEqual([bob]);
    expect(told.map((members) => members.length)).toEqual([1, 2, 2, 1]);
    stop();
    await bed.advance(100);
    expect(roster.get()).toBe(empty);
    bed.close();
  });

  it('is there at once for who looks when another follows already; `presence` tells what changes', async () => {
    const { bed, rt } = await startBed();
    const room = rt('eve').channel('chat/:room', { room: '1' });
    const told: string[] = [];
    const tell = (who: string) =>
      room.on('presence', ({ kind, member }) => told.push(`${who} ${kind} ${member.user}`));
    tell('first');
    const ada = rt('ada').channel('chat/:room', { room: '1' });
    void ada.enter({ mood: 'well' });
    await bed.advance(100);
    watch(room.roster);
    expect(room.roster.get().map(({ user }) => user)).toEqual(['ada']);
    const end = tell('second');
    void ada.enter({ mood: 'better' });
    await bed.advance(100);
    end();
    void ada.exit();
    await bed.advance(100);
    expect(told).toEqual([
      'first joined ada',
      'first updated ada',
      'second updated ada',
      'first left ada',
    ]);
    bed.close();
  });

  it('is followed without the channel, and that without it', async () => {
    const { bed, asked, rt } = await startBed();
    watch(rt('ada').channel('chat/:room', { room: '1' }).roster);
    await bed.advance(100);
    expect(asked).toEqual([]);
    bed.close();
  });

  it('with the contract passed in has only those who fit it', async () => {
    const { bed, clientOf, checkedRt } = await startBed();
    const ada = checkedRt('ada');
    const invalid: unknown[] = [];
    ada.on('invalid', ({ channel, issues }) => invalid.push([channel, issues[0]!.path]));
    const { roster } = ada.channel('chat/:room', { room: '1' });
    watch(roster);
    void clientOf('bob').enter('chat/1', { mood: 5 });
    await bed.advance(100);
    expect([roster.get(), invalid]).toEqual([[], [['chat/1', 'mood']]]);
    bed.close();
  });

  it('is empty where it cannot be followed', async () => {
    const { bed, rt } = await startBed();
    const ada = rt('ada');
    ada.close();
    const room = ada.channel('chat/:room', { room: '1' });
    const { stop } = watch(room.roster);
    expect(room.roster.get()).toEqual([]);
    stop();
    expect(() => room.on('presence', () => undefined)).toThrow(
      expect.objectContaining({ code: 'CLIENT_CLOSED' }),
    );
    await bed.advance(0);
    bed.close();
  });
});
