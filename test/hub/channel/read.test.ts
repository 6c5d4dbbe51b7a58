import { describe, expect, it } from 'vitest';
import { readFrom } from '../../../src/hub/channel/read.ts';
import { ScriptedEngine } from '../scripted-broker.ts';

describe('readFrom', () => {
  it('begins with the entry at the position', async () => {
    const engine = new ScriptedEngine();
    const broker = engine.broker();
    engine.append('c', 1);
    engine.append('c', 2);
    const since = engine.top('c');
    engine.append('c', 3);
    const page = await readFrom(broker.log, { channel: 'c', since, limit: 10 });
    expect(page.publications.map(({ data }) => data)).toEqual([2, 3]);
    expect(broker.calls).toEqual(['read c 2']);
  });

  it('begins with the first when the log has another epoch', async () => {
    const engine = new ScriptedEngine();
    const broker = engine.broker();
    engine.append('c', 1);
    engine.append('c', 2);
    const since = engine.top('c');
    engine.renew('c', 'e2');
    engine.append('c', 3);
    const page = await readFrom(broker.log, { channel: 'c', since, limit: 10 });
    expect(page.publications.map(({ data }) => data)).toEqual([3]);
    expect(broker.calls).toEqual(['read c 2', 'read c 0']);
  });

  it('gives up on a log that changes its epoch back and forth, after three times', async () => {
    const reads: number[] = [];
    const fickle = {
      read: async (_: string, fromOffset: number) => {
        reads.push(fromOffset);
        const epoch = fromOffset === 0 ? 'e1' : 'e2';
        return { epoch, top: { offset: 5, id: 'x' }, publications: [] };
      },
    };
    const since = { epoch: 'e1', offset: 3, id: 'c' };
    await expect(readFrom(fickle, { channel: 'c', since, limit: 10 })).rejects.toThrow(
      'several times',
    );
    expect(reads).toEqual([3, 0, 3, 0, 3, 0]);
  });
});
