import { describe, expect, it } from 'vitest';
import { MessageList, type See } from '../../../src/client/app/message-list.ts';
import { ClientError, type OutboxEntry, type Received } from '../../../src/client/index.ts';

const me = 'ada';

function entry(offset: number, data: unknown, by = 'bob', epoch = 'e1'): Received {
  const id = `id${offset}`;
  return { data, event: 'message', by, atMs: 0, id, offset, position: `${epoch}:${offset}:${id}` };
}

function letter(id: number, data: unknown, status: OutboxEntry['status'], more = {}): OutboxEntry {
  return { id, channel: 'room', data, event: 'message', status, ...more };
}

const storedAt = (offset: number, epoch = 'e1') => ({
  position: `${epoch}:${offset}:id${offset}`,
});

const seeAll: See = (_event, data) => ({ data });

function listing({ limit = 10, see = seeAll } = {}) {
  const list = new MessageList(limit, see);
  return {
    list,
    /** `key status data`. */
    shown: () => list.read().map(({ key, status, data }) => `${key} ${status} ${String(data)}`),
  };
}

describe('the messages of a channel', () => {
  it('are the entries of the log, in its order, each once', () => {
    const { list, shown } = listing();
    list.received(entry(1, 'a'), me);
    list.received(entry(3, 'c'), me);
    list.received(entry(2, 'b'), me);
    list.received(entry(3, 'c'), me);
    expect(shown()).toEqual(['id1 stored a', 'id2 stored b', 'id3 stored c']);
    expect(list.read()[0]).toMatchObject({ event: 'message', by: 'bob', meta: { offset: 1 } });
  });

  it('keep the objects of what has not changed', () => {
    const { list } = listing();
    list.received(entry(1, 'a'), me);
    const [before] = list.read();
    list.received(entry(2, 'b'), me);
    list.loaded({ publications: [entry(1, 'a')], more: false, top: 'e1:2:id2' }, me);
    expect(list.read()[0]).toBe(before);
  });

  describe('with a page of history', () => {
    it('are what it has, and what came after it', () => {
      const { list, shown } = listing();
      list.received(entry(3, 'c'), me);
      list.received(entry(4, 'd'), me);
      const publications = [entry(1, 'a'), entry(2, 'b'), entry(3, 'c')];
      list.loaded({ publications, more: false, top: 'e1:3:id3' }, me);
      expect(shown().map((line) => line.at(-1))).toEqual(['a', 'b', 'c', 'd']);
    });

    it('of another life of the log are nothing of the former', () => {
      const { list, shown } = listing();
      list.received(entry(7, 'old'), me);
      const publications = [entry(1, 'new', 'bob', 'e2')];
      list.loaded({ publications, more: false, top: 'e2:1:id1' }, me);
      expect(shown()).toEqual(['id1 stored new']);
      list.received(entry(1, 'newer', 'bob', 'e3'), me);
      expect(shown()).toEqual(['id1 stored newer']);
    });

    it('after a gap have no hole: what lies before the page is gone', () => {
      const { list, shown } = listing();
      list.received(entry(1, 'before'), me);
      list.loaded({ publications: [entry(5, 'after')], more: false, top: 'e1:5:id5' }, me);
      expect(shown()).toEqual(['id5 stored after']);
    });
  });

  describe('of this client', () => {
    it('are there at once, and the entry takes their place under the same key: answer first', () => {
      const { list, shown } = listing();
      const seen: string[][] = [];
      const note = (): number => seen.push(shown());
      for (const status of ['queued', 'sent'] as const) {
        list.published(letter(1, 'hi', status), me);
        note();
      }
      list.published(letter(1, 'hi', 'stored', storedAt(9)), me);
      note();
      expect(list.read()[0]!.meta).toBeUndefined();
      list.received(entry(9, 'hi', me), me);
      note();
      expect(list.read()[0]!.meta).toMatchObject({ offset: 9 });
      expect(seen).toEqual([
        ['outbox:1 queued hi'],
        ['outbox:1 sent hi'],
        ['outbox:1 stored hi'],
        ['outbox:1 stored hi'],
      ]);
    });

    it('are never there twice: entry first', () => {
      const { list, shown } = listing();
      list.published(letter(1, 'hi', 'sent'), me);
      list.received(entry(9, 'hi', me), me);
      expect(shown()).toEqual(['outbox:1 stored hi']);
      list.published(letter(1, 'hi', 'sent'), me);
      list.published(letter(1, 'hi', 'stored', storedAt(9)), me);
      expect(shown()).toEqual(['outbox:1 stored hi']);
    });

    it('two that say the same are two', () => {
      const { list, shown } = listing();
      list.published(letter(1, 'hi', 'sent'), me);
      list.published(letter(2, 'hi', 'sent'), me);
      list.received(entry(1, 'hi', me), me);
      list.received(entry(2, 'hi', me), me);
      list.published(letter(1, 'hi', 'stored', storedAt(1)), me);
      list.published(letter(2, 'hi', 'stored', storedAt(2)), me);
      expect(shown()).toEqual(['outbox:1 stored hi', 'outbox:2 stored hi']);
    });

    it('what another client of the user says the same is not lost when the own is stored elsewhere', () => {
      const { list, shown } = listing();
      list.published(letter(1, 'hi', 'sent'), me);
      list.received(entry(1, 'hi', me), me);
      list.published(letter(1, 'hi', 'stored', storedAt(2)), me);
      expect(shown()).toEqual(['outbox:1 stored hi', 'id2 stored hi']);
      list.received(entry(2, 'hi', me), me);
      expect(shown()).toEqual(['outbox:1 stored hi', 'id2 stored hi']);
    });

    it('what others say the same, or oneself otherwise, is not taken for it', () => {
      const { list, shown } = listing();
      list.published(letter(1, 'hi', 'sent'), me);
      list.received(entry(1, 'hi', 'bob'), me);
      list.received(entry(2, 'ho', me), me);
      list.received({ ...entry(3, 'hi', me), event: 'rename' }, me);
      list.published(letter(2, 'yes', 'queued'), me);
      list.received(entry(4, 'yes', me), me);
      expect(shown()).toEqual([
        'id1 stored hi',
        'id2 stored ho',
        'id3 stored hi',
        'id4 stored yes',
        'outbox:1 sent hi',
        'outbox:2 queued yes',
      ]);
    });

    it('stand where they are in the log as soon as that is known', () => {
      const { list, shown } = listing();
      list.published(letter(1, 'mine', 'sent'), me);
      list.received(entry(1, 'a'), me);
      list.published(letter(1, 'mine', 'stored', storedAt(2)), me);
      list.received(entry(3, 'c'), me);
      list.received(entry(2, 'mine', me), me);
      expect(shown()).toEqual(['id1 stored a', 'outbox:1 stored mine', 'id3 stored c']);
    });

    it('a page of history has them too', () => {
      const { list, shown } = listing();
      list.published(letter(1, 'one', 'stored', storedAt(1)), me);
      list.published(letter(2, 'two', 'sent'), me);
      const publications = [entry(1, 'one', me), entry(2, 'two', me)];
      list.loaded({ publications, more: false, top: 'e1:2:id2' }, me);
      expect(shown()).toEqual(['outbox:1 stored one', 'outbox:2 stored two']);
      expect(list.read()[0]!.meta).toMatchObject({ offset: 1 });
    });

    it('stay when they failed, with the reason, until they are dismissed', () => {
      const { list, shown } = listing();
      const error = new ClientError('FORBIDDEN', 'no');
      list.published(letter(1, 'hi', 'queued'), me);
      expect(list.dismiss('outbox:1')).toBe(false);
      list.published(letter(1, 'hi', 'failed', { error }), me);
      expect(shown()).toEqual(['outbox:1 failed hi']);
      expect(list.read()[0]!.error).toBe(error);
      expect(list.dismiss('outbox:1')).toBe(true);
      expect(list.dismiss('outbox:1')).toBe(false);
      expect(shown()).toEqual([]);
    });

    it('unknown are shown as such, unless an entry is taken for them', () => {
      const { list, shown } = listing();
      list.published(letter(1, 'a', 'sent'), me);
      list.published(letter(2, 'b', 'sent'), me);
      list.received(entry(1, 'a', me), me);
      list.published(letter(1, 'a', 'unknown'), me);
      list.published(letter(2, 'b', 'unknown'), me);
      expect(shown()).toEqual(['outbox:1 stored a', 'outbox:2 unknown b']);
      expect(list.dismiss('outbox:2')).toBe(true);
    });

    it('failed, though an entry was taken for them, have a key of their own', () => {
      const { list, shown } = listing();
      list.published(letter(1, 'a', 'sent'), me);
      list.received(entry(1, 'a', me), me);
      list.published(letter(1, 'a', 'failed'), me);
      expect(shown()).toEqual(['outbox:1 stored a', 'outbox:1:failed failed a']);
      expect(list.dismiss('outbox:1:failed')).toBe(true);
    });

    it('stored in a life of the log that is over are not shown among those of the next', () => {
      const { list, shown } = listing();
      list.published(letter(1, 'a', 'sent'), me);
      list.received(entry(1, 'b', 'bob', 'e2'), me);
      list.published(letter(1, 'a', 'stored', storedAt(4)), me);
      expect(shown()).toEqual(['id1 stored b']);
    });
  });

  describe('have an end', () => {
    it('of `limit`: one more, and the oldest is gone', () => {
      const { list, shown } = listing({ limit: 3 });
      for (const offset of [1, 2, 3]) {
        list.received(entry(offset, offset), me);
      }
      expect(shown().length).toBe(3);
      list.received(entry(4, 4), me);
      expect(shown()).toEqual(['id2 stored 2', 'id3 stored 3', 'id4 stored 4']);
      list.published(letter(1, 'mine', 'queued'), me);
      expect(shown()).toEqual(['id3 stored 3', 'id4 stored 4', 'outbox:1 queued mine']);
    });

    it('of `limit` for what failed', () => {
      const { list } = listing({ limit: 2 });
      for (const id of [1, 2, 3]) {
        list.published(letter(id, id, 'failed'), me);
      }
      expect(list.dismiss('outbox:1')).toBe(false);
      expect(list.dismiss('outbox:2')).toBe(true);
    });
  });

  it('are what the schemas make of them; what they refuse and what has no event is not there', () => {
    const see: See = (event, data) =>
      event === 'message' && data !== 'bad' ? { data: `${String(data)}!` } : undefined;
    const { list, shown } = listing({ see });
    list.published(letter(1, 'hi', 'sent'), me);
    list.published(letter(2, 'bad', 'sent'), me);
    list.published({ ...letter(3, 'x', 'sent'), event: 'other' }, me);
    list.received(entry(1, 'bad'), me);
    list.received({ ...entry(2, 'x'), event: undefined }, me);
    list.received(entry(3, 'hi', me), me);
    list.received({ ...entry(4, 'x'), position: 'none' }, me);
    expect(shown()).toEqual(['outbox:1 stored hi!']);
  });
});
