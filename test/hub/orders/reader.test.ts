import { describe, expect, it } from 'vitest';
import { Nodes, ordersChannel } from '../../../src/hub/orders/nodes.ts';
import { Reader } from '../../../src/hub/orders/reader.ts';
import { BrokerError } from '../../../src/ports/index.ts';
import { ManualClock } from '../../../src/testing/manual-clock.ts';
import { Gate } from '../calls/doubles.ts';
import { ScriptedEngine } from '../scripted-broker.ts';
import { settled } from '../world.ts';

function open() {
  const engine = new ScriptedEngine();
  const broker = engine.broker();
  const life = { name: 'n1', isHeld: true, lapses: 1 };
  const taken: string[] = [];
  const missed: string[] = [];
  const world: { gate: Gate | undefined } = { gate: undefined };
  let made = 0;
  const ids = {
    next: () => {
      made += 1;
      return `i${made}`;
    },
  };
  const reader = new Reader({
    log: broker.log,
    nodes: new Nodes({ log: broker.log, clock: new ManualClock(), ids }),
    life,
    desk: 'd1',
    take: ({ id }, { offset }) => taken.push(`${id} ${offset}`),
    carriedOut: async () => world.gate?.passed,
    missed: ({ offset }, isLate) => missed.push(`${offset} ${isLate ? 'late' : 'first'}`),
  });
  const give = (id: string): void => {
    engine.append(ordersChannel, { id, kind: 'recheck' }, { id: `p-${id}` });
  };
  const registered = (): unknown[] =>
    engine
      .log(ordersChannel)
      .entries.filter(({ key }) => key !== undefined)
      .map(({ key, removed }) => (removed === true ? `-${key}` : key));
  return { engine, broker, life, taken, missed, world, reader, give, registered };
}

describe('a node that reads orders', () => {
  it('is registered first, then takes what there is, each once', async () => {
    const { reader, taken, give, registered } = open();
    give('a');
    expect(reader.isCurrent).toBe(false);
    await reader.look();
    give('b');
    await reader.look();
    await reader.look();
    expect([taken, registered(), reader.isCurrent]).toEqual([['a 1', 'b 3'], ['n1'], true]);
    expect(reader.position).toMatchObject({ offset: 3 });
  });

  it('reads more than a page to its end', async () => {
    const { reader, taken, give } = open();
    for (let i = 0; i < 1_000; i += 1) {
      give(`o${i}`);
    }
    await reader.look();
    expect([taken.length, new Set(taken).size, taken.at(-1)]).toEqual([1_000, 1_000, 'o999 1000']);
  });

  it('does not know all while its lease is over, nor afterwards until it has looked, and all is carried out', async () => {
    const { reader, life, world, give, taken } = open();
    await reader.look();
    life.isHeld = false;
    expect(reader.isCurrent).toBe(false);
    give('a');
    await reader.look();
    expect([taken, reader.isCurrent]).toEqual([['a 2'], false]);
    life.isHeld = true;
    life.lapses = 2;
    world.gate = new Gate();
    const looking = reader.look();
    await settled();
    expect(reader.isCurrent).toBe(false);
    world.gate.open();
    await looking;
    expect(reader.isCurrent).toBe(true);
  });

  it('does not know all when its lease ended while it looked', async () => {
    const { reader, life, world } = open();
    world.gate = new Gate();
    const looking = reader.look();
    await settled();
    life.lapses = 2;
    world.gate.open();
    await looking;
    expect(reader.isCurrent).toBe(false);
    await reader.look();
    expect(reader.isCurrent).toBe(true);
  });

  it('under another name is registered by it, and by the old one no more; not without a lease', async () => {
    const { reader, life, registered } = open();
    await reader.look();
    Object.assign(life, { name: 'n2', isHeld: false });
    await reader.look();
    expect(registered()).toEqual(['n1']);
    life.isHeld = true;
    await reader.look();
    expect(registered()).toEqual(['n1', 'n2', '-n1']);
    await reader.stop();
    expect(registered().at(-1)).toBe('-n2');
  });

  it('whoever asks while it looks waits for a look that began after that', async () => {
    const { reader, world, give, taken } = open();
    world.gate = new Gate();
    const first = reader.look();
    await settled();
    give('a');
    const [second, third] = [reader.look(), reader.look()];
    world.gate.open();
    await first;
    expect(taken).toEqual([]);
    await Promise.all([second, third]);
    expect(taken).toEqual(['a 2']);
  });

  it('that cannot read says so, and goes on at the next', async () => {
    const { reader, broker, give, taken } = open();
    give('a');
    broker.ordersFailure = new BrokerError('BROKER_UNREACHABLE', 'no log', true);
    await expect(reader.look()).rejects.toBe(broker.ordersFailure);
    expect(reader.isCurrent).toBe(false);
    broker.ordersFailure = undefined;
    await reader.look();
    expect([taken, reader.isCurrent]).toEqual([['a 1'], true]);
  });
});

describe('orders that a node cannot read any more', () => {
  it('before it began are nobody’s here, but those who come back', async () => {
    const { reader, engine, give, missed, taken } = open();
    give('a');
    give('b');
    engine.trim(ordersChannel, 1);
    await reader.look();
    expect([missed, taken]).toEqual([['1 first'], ['b 2']]);
  });

  it('since they were trimmed may have been about anybody here', async () => {
    const { reader, engine, give, missed, taken } = open();
    await reader.look();
    give('a');
    give('b');
    engine.trim(ordersChannel, 2);
    await reader.look();
    expect([missed, taken]).toEqual([['2 late'], ['b 3']]);
  });

  it('since the engine lost them were carried out nowhere without this node, if its lease went on; it is registered anew', async () => {
    const { reader, engine, give, missed, registered } = open();
    give('a');
    await reader.look();
    engine.loseAfter(ordersChannel, 1);
    await reader.look();
    expect([missed, registered(), reader.isCurrent]).toEqual([[], ['n1'], true]);
    engine.renew(ordersChannel, 'e2');
    await reader.look();
    expect([missed, registered(), reader.isCurrent]).toEqual([[], ['n1'], true]);
  });

  it('since the engine lost them may have been about anybody here, if its lease had ended', async () => {
    const { reader, engine, life, missed, registered } = open();
    await reader.look();
    Object.assign(life, { lapses: 2 });
    engine.renew(ordersChannel, 'e2');
    await reader.look();
    expect([missed, registered(), reader.isCurrent]).toEqual([['0 late'], ['n1'], true]);
  });
});
