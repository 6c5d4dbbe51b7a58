/**
 * Can the ports of delivery be kept on engines that are there (decision 14)? Each question of probes/, on each real server.
 */
import { createClient } from 'redis';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { ask, questions } from '../probes/questions.ts';
import { type Engine, engineNames, startEngine } from '../probes/servers.ts';

describe.each(engineNames)('on %s', (name) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine(name);
  });
  afterAll(() => engine.stop());

  it.each(Object.keys(questions))('%s', (question) => ask(question, engine.open));
});

describe('on redis with a replica', () => {
  it('an append that asks to be replicated resolves when the replica has it, and rejects while there is none', async () => {
    const [engine, replica] = await Promise.all([startEngine('redis'), startEngine('redis')]);
    onTestFinished(() => Promise.all([engine.stop(), replica.stop()]).then(() => undefined));
    const node = await engine.open({ deliver() {}, hear() {} });
    const append = (id: string): Promise<unknown> =>
      node.log.append('wait', { id, data: id, atMs: 0 }, { durability: 'replicated' });
    await expect(append('alone')).rejects.toMatchObject({
      code: 'BROKER_UNREACHABLE',
      retryable: true,
    });
    const client = createClient({ url: `redis://127.0.0.1:${replica.port}` });
    await client.connect();
    await client.sendCommand(['REPLICAOF', '127.0.0.1', String(engine.port)]);
    await expect.poll(() => client.exists('{p}stream:wait'), { timeout: 20_000 }).toBe(1);
    expect(await append('together')).toMatchObject({ outcome: 'appended', duplicate: false });
    expect(await client.xLen('{p}stream:wait')).toBe(2);
    await client.close();
    await node.stop();
  });
});
