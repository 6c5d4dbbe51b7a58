import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../src/testing/index.ts';
import { httpRoadDefaults } from '../../src/transports/http-options.ts';
import { HttpRoads } from '../../src/transports/http-roads.ts';

const open = (limits: object = {}): HttpRoads =>
  new HttpRoads('n1', new ManualClock(), { ...httpRoadDefaults, ...limits });
const handshake = { headers: {}, url: '/' };
const comer = { name: 'sse', address: '10.0.0.1', handshake };

describe('the roads of a node', () => {
  it('have names that tell their node, and that nobody can guess', () => {
    const roads = open();
    const ids = Array.from({ length: 100 }, () => roads.open(comer)!.id);
    expect(new Set(ids).size).toBe(100);
    for (const id of ids) {
      expect(id).toMatch(/^n1\.[\w-]{24}$/);
      expect(roads.find(id)!.id).toBe(id);
    }
    expect(roads.find(ids[0]!.slice(0, -1))).toBeUndefined();
  });

  it('are at most so many, of all and of one address', () => {
    const roads = open({ maxRoads: 3, maxRoadsPerAddress: 2 });
    const first = roads.open(comer)!;
    expect(roads.open(comer)).toBeDefined();
    expect([roads.hasRoomFor('10.0.0.1'), roads.hasRoomFor('10.0.0.2')]).toEqual([false, true]);
    expect(roads.open(comer)).toBeUndefined();
    expect(roads.open({ ...comer, address: undefined })).toBeDefined();
    expect(roads.open({ ...comer, address: '10.0.0.2' })).toBeUndefined();
    first.vanish();
    expect(roads.open(comer)).toBeDefined();
  });

  it('end with the node', () => {
    const roads = open();
    const { id } = roads.open(comer)!;
    roads.stop();
    expect([roads.count, roads.find(id)]).toEqual([0, undefined]);
    expect([roads.hasRoomFor('::1'), roads.open(comer)]).toEqual([false, undefined]);
    roads.start();
    expect(roads.open(comer)).toBeDefined();
  });
});
