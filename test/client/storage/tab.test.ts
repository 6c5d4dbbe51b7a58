import { describe, expect, it } from 'vitest';
import { Tab } from '../../../src/client/storage/tab.ts';
import { FakeMemory } from './kept.ts';

let ids = 0;
function tabWith(memory: FakeMemory | undefined): Tab {
  return new Tab(memory, 'key', () => {
    ids += 1;
    return `id ${ids}`;
  });
}

const stay = { session: 's1', secret: 'x'.repeat(22) };

/** What a page leaves that had slot 3. */
function remembered(): { memory: FakeMemory; before: Tab } {
  const memory = new FakeMemory();
  const before = tabWith(memory);
  before.settle(3);
  before.welcomed(stay);
  return { memory, before };
}

describe('a tab', () => {
  it('is known again by its slot, its id and its session', () => {
    const { memory, before } = remembered();
    const after = tabWith(memory);
    expect([after.formerSlot, after.id, after.same()]).toEqual([3, before.id, stay]);
  });

  it('begins anew when another has its slot: nothing of it is remembered any more', () => {
    const { memory, before } = remembered();
    const copy = tabWith(memory);
    expect(copy.another()).toBeUndefined();
    expect([copy.id === before.id, memory.keys]).toEqual([false, []]);
    copy.settle(4);
    expect([tabWith(memory).formerSlot, tabWith(memory).same()]).toEqual([4, undefined]);
  });

  it('has another name, and its session still, when what bears its name is not its own', () => {
    const { memory, before } = remembered();
    const { id } = before;
    before.rename();
    const after = tabWith(memory);
    expect([after.id === id, after.id === before.id, after.same()]).toEqual([false, true, stay]);
  });

  it('each page has ids of its own, counted before they are used', () => {
    const { memory, before } = remembered();
    const firstIds = [before, tabWith(memory), tabWith(memory)].map(({ firstId }) => firstId);
    expect(firstIds).toEqual([0, 2 ** 32, 2 * 2 ** 32]);
  });

  it('that cannot count its pages goes on with nothing', () => {
    const { memory } = remembered();
    memory.failure = new Error('it is full');
    expect(tabWith(memory).formerSlot).toBeUndefined();
  });

  it('without a slot remembers nothing', () => {
    const memory = new FakeMemory();
    const tab = tabWith(memory);
    tab.welcomed(stay);
    expect(memory.keys).toEqual([]);
    tab.settle(1);
    expect(tabWith(memory).same()).toEqual(stay);
    tab.settle(undefined);
    expect(memory.keys).toEqual([]);
  });

  it('whose client was closed has its slot, and no session', () => {
    const { memory, before } = remembered();
    before.closed();
    expect([tabWith(memory).formerSlot, tabWith(memory).same()]).toEqual([3, undefined]);
  });

  it('without memory is another with each page', () => {
    const tab = tabWith(undefined);
    tab.settle(1);
    tab.welcomed(stay);
    expect([tab.hasMemory, tabWith(undefined).formerSlot]).toEqual([false, undefined]);
  });

  it.each([
    'no JSON',
    'null',
    '{}',
    '{"slot":"1","id":"a","life":1}',
    '{"slot":1,"id":2,"life":1}',
    '{"slot":1,"id":"a","life":-1}',
    '{"slot":1,"id":"a","life":1048576}',
    '{"slot":1,"id":"a","life":1,"stay":{"session":"s1"}}',
  ])('begins anew where somebody else wrote %s', (text) => {
    const memory = new FakeMemory([['key', text]]);
    expect(tabWith(memory).formerSlot).toBeUndefined();
  });

  it('in its last life gives ids that are whole numbers', () => {
    const memory = new FakeMemory([['key', '{"slot":1,"id":"a","life":1048575}']]);
    const last = tabWith(memory);
    expect([last.formerSlot, Number.isSafeInteger(last.firstId + 2 ** 32)]).toEqual([1, true]);
  });
});
