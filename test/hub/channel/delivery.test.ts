import { describe, expect, it } from 'vitest';
import { memory } from '../../../src/brokers/memory.ts';
import { Delivery } from '../../../src/hub/channel/delivery.ts';
import { entryFor } from '../../../src/hub/channel/entry.ts';
import type { Receiver } from '../../../src/hub/channel/receiver.ts';
import type { Sight } from '../../../src/hub/channel/sight.ts';
import type { ManualClock } from '../../../src/testing/manual-clock.ts';
import { at, beginning, type ChannelKind, type ServerMessage } from '../../../src/wire/index.ts';
import { deafReceiver, followedAt, insideFor } from '../world.ts';

/** Shows what is no even number. */
const odd: Sight = {
  entry: (publication) => (Number(publication.data) % 2 === 1 ? publication : undefined),
  signal: ({ data }) => Number(data) % 2 === 1,
};

function open(kind: ChannelKind = 'log') {
  const got: ServerMessage[] = [];
  const inside = insideFor(memory());
  const receiver: Receiver = { ...deafReceiver, send: ({ value }) => void got.push(value) };
  const delivery = new Delivery(receiver, inside, odd);
  const top = beginning('e1');
  delivery.begin(followedAt(kind, top), top);
  const take = (n: number): void => {
    const prev = n === 1 ? { offset: 0, id: '' } : { offset: n - 1, id: `p${n - 1}` };
    const entry = entryFor('news', 'e1', { offset: n, id: `p${n}`, prev, data: n, atMs: 0 });
    delivery.take(entry, delivery.look(entry));
  };
  const told = (): string[] => got.splice(0).map(({ type }) => type);
  return { delivery, take, told, got, clock: inside.clock as ManualClock };
}

const place = (n: number) => at('e1', { offset: n, id: `p${n}` });

describe('what a reader is told', () => {
  it('moves its position, told or passed over', () => {
    const { delivery, take, told } = open();
    take(1);
    take(2);
    expect(delivery.position).toEqual(place(2));
    expect(told()).toEqual(['publication']);
  });

  it('links to what it was told before: an advance stands for what was passed over', () => {
    const { take, got } = open();
    take(1);
    take(2);
    take(3);
    expect(got).toMatchObject([
      { publication: { data: 1 } },
      { type: 'advance', to: place(2) },
      { publication: { data: 3 } },
    ]);
  });

  it('a gap and a certificate link too', () => {
    const { delivery, take, told } = open();
    take(1);
    take(2);
    delivery.gap({ reason: 'trimmed', from: place(2), to: place(5) });
    take(6);
    delivery.certify();
    delivery.certify();
    expect(told()).toEqual(['publication', 'advance', 'gap', 'advance', 'caughtUp', 'caughtUp']);
    expect(delivery.isCertified).toBe(true);
  });

  it('signals are told if they are shown', () => {
    const { delivery, take, told, got } = open();
    take(2);
    for (const data of [2, 3]) {
      delivery.signal({ value: { type: 'signal', channel: 'news', data } } as never);
    }
    expect(got).toMatchObject([{ type: 'signal', data: 3 }]);
    expect(told()).toHaveLength(1);
  });

  it('ended, it says nothing, and leaves no timer behind', () => {
    const { delivery, take, told, clock } = open();
    take(2);
    expect(clock.pending).toBe(1);
    delivery.end();
    expect([clock.pending, told()]).toEqual([0, []]);
  });
});

describe('of keyed state', () => {
  it('no place is told before all of it is there: who came back with it would miss the rest', () => {
    const { delivery, take, told, clock } = open('state');
    take(2);
    delivery.advance();
    clock.advance(60_000);
    expect(told()).toEqual([]);
    delivery.certify();
    expect(told()).toEqual(['caughtUp']);
    take(4);
    take(5);
    expect(told()).toEqual(['publication']);
    take(6);
    clock.advance(5_000);
    expect(told()).toEqual(['advance']);
  });

  it('a gap takes the certificate away', () => {
    const { delivery, take, told } = open('state');
    delivery.certify();
    delivery.gap({ reason: 'epoch', from: place(0), to: beginning('e2') });
    take(2);
    delivery.advance();
    expect([told(), delivery.isCertified]).toEqual([['caughtUp', 'gap'], false]);
  });
});
