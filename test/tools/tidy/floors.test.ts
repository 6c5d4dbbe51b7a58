import { describe, expect, it } from 'vitest';
import { roomOf, rooms } from '../../../tools/tidy/floors.ts';

describe('the plan of the house', () => {
  it('a file stands in the innermost room', () => {
    expect(roomOf('src/client/client.ts')?.name).toBe('client');
    expect(roomOf('src/client/node/index.ts')?.name).toBe('client/node');
    expect(roomOf('src/protocol/frame/header.ts')?.name).toBe('protocol');
  });

  it('there is no room outside of src, and none directly under it', () => {
    expect(roomOf('src/web.d.ts')).toBeUndefined();
    expect(roomOf('test/client/client.test.ts')).toBeUndefined();
    expect(roomOf('src/clients/a.ts')).toBeUndefined();
  });

  it('a room imports only rooms that are there, and none that leads back to it', () => {
    const below = new Map(rooms.map(({ name, mayImport }) => [name, mayImport]));
    const reach = (name: string): string[] =>
      below.get(name)!.flatMap((next) => [next, ...reach(next)]);
    for (const { name } of rooms) {
      expect(reach(name)).not.toContain(name);
    }
  });

  it('a room without Node enters no room that knows it', () => {
    const knowing = new Set(rooms.filter((room) => room.knowsNode).map(({ name }) => name));
    const entered = rooms.filter((room) => !room.knowsNode).flatMap(({ mayImport }) => mayImport);
    expect(entered.filter((name) => knowing.has(name))).toEqual([]);
  });
});
