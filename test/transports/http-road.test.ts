import { describe, expect, it } from 'vitest';
import { Shared } from '../../src/ground/shared.ts';
import type { Payload } from '../../src/ports/index.ts';
import { ManualClock } from '../../src/testing/index.ts';
import { httpRoadDefaults } from '../../src/transports/http-options.ts';
import { type Downlink, HttpRoad } from '../../src/transports/http-road.ts';

function world(limits: Partial<typeof httpRoadDefaults> = {}) {
  const clock = new ManualClock();
  const told: unknown[] = [];
  const road = new HttpRoad({
    id: 'n.x',
    name: 'sse',
    address: '::1',
    handshake: { headers: {}, url: '/' },
    clock,
    limits: { ...httpRoadDefaults, ...limits },
    onGone: () => told.push('gone'),
  });
  road.tell({ received: (payload) => told.push(payload), closed: () => told.push('closed') });
  const downlink = (name: string): Downlink => ({
    flush: () => told.push(`${name} flush`),
    supersede: () => told.push(`${name} superseded`),
    end: () => told.push(`${name} end`),
  });
  const say = (text: string): void => road.send(new Shared<Payload>(text));
  return { clock, told, road, downlink, say };
}
const why = { code: 4000, name: 'SERVER_STOPPING', reason: 'bye' } as const;

describe('a road of HTTP', () => {
  it('its messages come once and in order, whatever is repeated', () => {
    const { road, told } = world();
    expect(road.take(1, ['a', 'b'])).toEqual({ received: 2, isWhole: true });
    expect(road.take(1, ['a'])).toEqual({ received: 2, isWhole: true });
    expect(road.take(2, ['b', 'c'])).toEqual({ received: 3, isWhole: true });
    expect(road.take(5, ['e'])).toEqual({ received: 3, isWhole: false });
    expect(road.take(4, [])).toEqual({ received: 3, isWhole: true });
    expect(told).toEqual(['a', 'b', 'c']);
  });

  it('wakes its downlink once in a turn, and only the last one that came', async () => {
    const { road, told, downlink, say } = world();
    const [one, two] = [downlink('one'), downlink('two')];
    road.attach(one);
    road.attach(two);
    road.detach(one);
    say('x');
    say('y');
    expect(told).toEqual(['one superseded']);
    await Promise.resolve();
    say('z');
    await Promise.resolve();
    expect(told).toEqual(['one superseded', 'two flush', 'two flush']);
  });

  it('without a downlink it ends after the idle time, and not before', () => {
    const { road, told, clock, downlink } = world();
    clock.advance(29_999);
    const one = downlink('one');
    road.attach(one);
    clock.advance(20_000);
    road.detach(one);
    clock.advance(29_999);
    expect(told).toEqual([]);
    clock.advance(1);
    expect(told).toEqual(['gone', 'closed']);
    expect(clock.pending).toBe(0);
  });

  it('with one it ends when no request was heard for long', () => {
    const { road, told, clock, downlink } = world();
    road.attach(downlink('one'));
    clock.advance(59_999);
    road.heard(0);
    clock.advance(59_999);
    expect(told).toEqual([]);
    clock.advance(1);
    expect(told).toEqual(['gone', 'one end', 'closed']);
  });

  it('D19: a part of a request is a sign of life, too', () => {
    const { road, told, clock, downlink } = world();
    road.attach(downlink('one'));
    clock.advance(59_999);
    road.touch();
    clock.advance(59_999);
    expect(told).toEqual([]);
    clock.advance(1);
    expect(told).toContain('gone');
  });

  it('whoever waits for room is told when what waited has come, or the road is over', async () => {
    const { road, say } = world({ highWaterBytes: 10 });
    await road.drained();
    say('x'.repeat(20));
    const order: string[] = [];
    const drained = road.drained().then(() => order.push('drained'));
    await Promise.resolve();
    order.push('acknowledged');
    road.heard(1);
    await drained;
    expect(order).toEqual(['acknowledged', 'drained']);
    say('x'.repeat(20));
    const ended = road.drained();
    road.vanish();
    await ended;
  });

  it('at the limit of its mailbox it goes on; beyond it it ends', async () => {
    const { told, say } = world({ maxBufferedBytes: 16 });
    say('1');
    say('2');
    await Promise.resolve();
    expect(told).toEqual([]);
    say('3');
    expect(told).toEqual([]);
    await Promise.resolve();
    expect(told).toEqual(['gone', 'closed']);
  });

  it('when it closes, its end is the last letter; it is there until that has come', () => {
    const { road, told, say, clock } = world();
    say('a');
    road.close(why);
    road.close(why);
    say('b');
    expect(road.take(1, ['late'])).toEqual({ received: 1, isWhole: true });
    expect(road.mailbox.after(1, 1_000)).toEqual({
      text: 'id: 2\nevent: close\ndata: {"code":4000,"reason":"bye"}\n\n',
      last: 2,
    });
    road.handed(1);
    expect(told).toEqual([]);
    road.handed(2);
    road.handed(2);
    expect(told).toEqual(['closed']);
    // What has left may be lost on its way.
    expect(road.heard(0)).toBe('known');
    expect(road.mailbox.after(0, 1_000)!.last).toBe(2);
    expect(road.heard(2)).toBe('over');
    expect([told, clock.pending]).toEqual([['closed', 'gone'], 0]);
  });

  it('whoever waits for room waits no longer than until its end has left', async () => {
    const { road, say } = world({ highWaterBytes: 1 });
    say('x');
    const drained = road.drained();
    road.close(why);
    road.handed(2);
    await drained;
  });

  it('its end is told for so long and not longer, whoever comes and goes meanwhile', () => {
    const { road, told, clock, downlink } = world();
    road.close(why);
    for (let second = 1; second < 5; second += 1) {
      clock.advance(1_000);
      road.attach(downlink('one'));
      road.detach(downlink('one'));
    }
    road.handed(1);
    clock.advance(999);
    expect(told).not.toContain('gone');
    clock.advance(1);
    expect(told).toContain('gone');
  });

  it('knows what was sent, and what never was', () => {
    const { road, say } = world();
    say('x');
    expect([road.heard(0), road.heard(1), road.heard(2)]).toEqual(['known', 'known', 'unknown']);
  });

  it('when nobody fetches its end, it is over after a while', () => {
    const { road, told, clock } = world();
    road.close(why);
    clock.advance(4_999);
    expect(told).toEqual([]);
    clock.advance(1);
    expect(told).toEqual(['gone', 'closed']);
    road.vanish();
    expect(told).toHaveLength(2);
  });
});
