import { describe, expect, it } from 'vitest';
import { deskTopic, gated } from '../../../src/hub/orders/gated.ts';
import { ScriptedEngine } from '../scripted-broker.ts';
import { settled } from '../world.ts';

async function open() {
  const engine = new ScriptedEngine();
  const inner = engine.broker();
  const gate = { isOpen: true };
  const broker = gated(inner, () => gate.isOpen);
  const told: unknown[] = [];
  await broker.start({
    deliver: (channel, _, { data }) => told.push(`${channel} ${String(data)}`),
    hear: (topic) => told.push(topic),
  });
  await broker.log.follow('news');
  for (const topic of ['~signal:news', deskTopic('d1')]) {
    await broker.bus.follow(topic);
  }
  return { engine, inner, gate, broker, told };
}

describe('a broker behind a gate', () => {
  it('is the broker while the gate is open', async () => {
    const { engine, broker, told } = await open();
    await broker.log.append('news', { id: 'p1', data: 1, atMs: 0 });
    engine.say('~signal:news', 1);
    expect(told).toEqual(['news 1', '~signal:news']);
    expect((await broker.log.read('news', 0, 10)).publications).toHaveLength(1);
    expect((await broker.log.latest('news', 10)).publications).toHaveLength(1);
    expect((await broker.log.values('news', 0, 10)).top.offset).toBe(1);
    expect((await broker.log.tops()).tops).toHaveLength(1);
  });

  it('lets nothing of logs and bus through while it is shut, but what nodes say of orders', async () => {
    const { engine, gate, told, broker } = await open();
    gate.isOpen = false;
    engine.append('news', 1);
    engine.say('~signal:news', 1);
    engine.say(deskTopic('d1'), 1);
    expect(told).toEqual(['~desk:d1']);
    const shut = { code: 'BROKER_UNREACHABLE', retryable: true };
    await expect(broker.log.read('news', 0, 10)).rejects.toMatchObject(shut);
    await expect(broker.log.latest('news', 10)).rejects.toMatchObject(shut);
    await expect(broker.log.values('news', 0, 10)).rejects.toMatchObject(shut);
    gate.isOpen = true;
    expect((await broker.log.read('news', 0, 10)).publications).toHaveLength(1);
  });

  it('asks the gate when the answer is there, not before', async () => {
    const { inner, gate, broker } = await open();
    inner.hold('read');
    const reading = broker.log.read('news', 0, 10);
    await settled();
    gate.isOpen = false;
    inner.letGo('read');
    await expect(reading).rejects.toMatchObject({ retryable: true });
  });
});
