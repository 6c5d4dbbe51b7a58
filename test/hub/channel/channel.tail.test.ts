import { describe, expect, it } from 'vitest';
import { settled, startWorld } from '../world.ts';

describe('live: what is announced while a repair ends', () => {
  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])(
    '%i microtasks after the read, is delivered',
    async (depth) => {
      const { enter, engine, broker } = await startWorld();
      const client = await enter();
      client.subscribe('news');
      await settled();
      client.told();
      broker.hold('read');
      engine.store('news', 'missed');
      engine.append('news', 'b');
      await settled();
      expect(broker.waiting('read')).toBe(1);
      broker.letGo('read');
      for (let i = 0; i < depth; i += 1) {
        await Promise.resolve();
      }
      engine.append('news', 'c');
      await settled();
      expect(client.told()).toEqual(['publication missed', 'publication b', 'publication c']);
    },
  );
});
