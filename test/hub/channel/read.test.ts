import { describe, expect, it } from 'vitest';
import { readFrom } from '../../../src/hub/channel/read.ts';
import { type ScriptedBroker, ScriptedEngine } from '../scripted-broker.ts';
import { settled } from '../world.ts';

function brokerOf(engine: ScriptedEngine): ScriptedBroker {
  return engine.broker();
}

describe('readFrom', () => {
  it('begins with the entry at the position', async () => {
    const engine = new ScriptedEngine();
    const broker = brokerOf(engine);
    engine.append('c', 1);
    engine.append('c', 2);
    const since = engine.top('c');
    engine.append('c', 3);
    const page = await readFrom(broker, { channel: 'c', since, limit: 10 });
    expect(page.publications.map(({ data }) => data)).toEqual([2, 3]);
    expect(broker.calls).toEqual(['read c 2']);
  });

  it('begins with the first when the log has another epoch', async () => {
    const engine = new ScriptedEngine();
    const broker = brokerOf(engine);
    engine.append('c', 1);
    engine.append('c', 2);
    const since = engine.top('c');
    engine.renew('c', 'e2');
    engine.append('c', 3);
    const page = await readFrom(broker, { channel: 'c', since, limit: 10 });
    expect(page.publications.map(({ data }) => data)).toEqual([3]);
    expect(broker.calls).toEqual(['read c 2', 'read c 0']);
  });

  it('gives up on a log that changes its epoch back and forth, after three times', async () => {
    const engine = new ScriptedEngine();
    const broker = brokerOf(engine);
    engine.append('c', 1);
    const since = engine.top('c');
    broker.hold('read');
    const reading = readFrom(broker, { channel: 'c', since, limit: 10 });
    const failed = expect(reading).rejects.toThrow('several times');
    for (const epoch of ['e1', 'e2', 'e1', 'e2', 'e1', 'e2', 'e1']) {
      // What was asked is answered from what the log was then.
      engine.renew('c', epoch);
      await settled();
      if (broker.waiting('read') > 0) {
        broker.letGoOne('read');
      }
      await settled();
    }
    await failed;
    expect(broker.calls).toHaveLength(6);
  });
});
