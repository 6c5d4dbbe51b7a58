import { afterEach, describe, expect, it, vi } from 'vitest';
import { tabStorage } from '../../../src/client/storage/tab-storage.ts';
import { failure } from '../world.ts';
import { FakeMemory } from './kept.ts';

afterEach(() => vi.unstubAllGlobals());

describe('tabStorage', () => {
  it('keeps records of the tab: a duplicate begins with the same, and is not heard of again', async () => {
    const memory = new FakeMemory();
    const storage = tabStorage({ memory });
    expect(await storage.get('one')).toBeUndefined();
    await storage.put('one', { position: 'e1:1:id1' });
    const duplicate = tabStorage({ memory: memory.copy() });
    await storage.put('one', 2);
    expect(await duplicate.get('one')).toEqual({ position: 'e1:1:id1' });
    expect(await tabStorage({ memory }).get('one')).toBe(2);
    await storage.delete('one');
    expect(await storage.get('one')).toBeUndefined();
  });

  it('names keep applications and users apart', async () => {
    const memory = new FakeMemory();
    await tabStorage({ memory, name: 'ada' }).put('one', 1);
    expect(await tabStorage({ memory, name: 'eve' }).get('one')).toBeUndefined();
    expect(await tabStorage({ memory }).get('one')).toBeUndefined();
    expect(await tabStorage({ memory, name: 'ada' }).get('one')).toBe(1);
  });

  it('what cannot be remembered rejects', async () => {
    const memory = new FakeMemory();
    memory.failure = new Error('it is full');
    expect(await failure(tabStorage({ memory }).put('one', 1))).toBe(memory.failure);
    expect(await failure(tabStorage().put('one', 1))).toMatchObject({
      message: 'there is no page that could remember anything',
    });
  });

  it("uses the page's own", async () => {
    const memory = new FakeMemory();
    vi.stubGlobal('document', {});
    vi.stubGlobal('sessionStorage', memory);
    await tabStorage().put('one', 1);
    expect(await tabStorage({ memory }).get('one')).toBe(1);
  });
});
