import { expect, it } from 'vitest';
import { Chance } from './chance.ts';
import { Engine } from './engine.ts';
import { Time } from './time.ts';

const deaf = { deliver() {}, hear() {} };

it('lets what a dead node sent arrive at the engine of that moment, not at the one that was replaced', async () => {
  const time = new Time();
  const engine = new Engine(time, new Chance(1), 100);
  const alive = engine.node();
  const dead = engine.node();
  await alive.start(deaf);
  await dead.start(deaf);
  const publish = (node: typeof alive, id: string): Promise<unknown> =>
    node.log.append('news', { id, data: id, by: 'ada', atMs: 0 });
  const lost = publish(alive, 'lost');
  await stepAll(time);
  await lost;
  void publish(dead, 'late');
  dead.crash();
  await engine.rewind(1);
  await stepAll(time);
  expect(engine.entries.map(({ id, offset, prev }) => [id, offset, prev.id])).toEqual([
    ['lost', 1, ''],
    ['late', 1, ''],
  ]);
  expect(await engine.read('news')).toMatchObject({ top: { offset: 1, id: 'late' } });
});

/** All that is due, and what follows from it. */
async function stepAll(time: Time): Promise<void> {
  do {
    for (let turn = 0; turn < 20; turn += 1) {
      await Promise.resolve();
    }
  } while (time.step(1_000));
}
