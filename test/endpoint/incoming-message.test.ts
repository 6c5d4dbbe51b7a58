import { describe, expect, it } from 'vitest';
import { IncomingMessage, type MessageOwner } from '../../src/endpoint/incoming-message.ts';
import { ConnectionError } from '../../src/endpoint/index.ts';

interface Owned {
  readonly message: IncomingMessage;
  readonly owner: MessageOwner & { cutOff: Error | undefined };
  readonly take: number[];
  readonly add: (payload: string | Uint8Array, last?: boolean) => void;
  readonly change: () => void;
}

function owned(text: boolean): Owned {
  const take: number[] = [];
  let wakes: (() => void)[] = [];
  const owner = {
    cutOff: undefined as Error | undefined,
    took: (bytes: number): void => void take.push(bytes),
    hunger: (): void => {},
    changed: (): Promise<void> =>
      new Promise((resolve) => {
        wakes.push(resolve);
      }),
  };
  const message = new IncomingMessage(text, owner);
  const change = (): void => {
    const woken = wakes;
    wakes = [];
    for (const wake of woken) {
      wake();
    }
  };
  return {
    message,
    owner,
    take,
    change,
    add(payload, last = false) {
      const bytes = Buffer.from(payload);
      message.add(bytes, 0, bytes.length, last);
      change();
    },
  };
}

const done = { done: true, value: undefined };

describe('a message in pieces', () => {
  it('of bytes: what waits comes together, then what comes later, then the end', async () => {
    const { message, add, take } = owned(false);
    add('one');
    add('two');
    expect(await message.next()).toEqual({ done: false, value: Buffer.from('onetwo') });
    const later = message.next();
    add('three', true);
    expect(await later).toEqual({ done: false, value: Buffer.from('three') });
    expect([await message.next(), await message.next()]).toEqual([done, done]);
    expect(take).toEqual([6, 5, 0]);
  });

  it('of text: no piece splits a character, and none is empty', async () => {
    const { message, add } = owned(true);
    const text = 'a€😀b';
    const read = (async () => {
      const pieces: string[] = [];
      for await (const piece of message) {
        pieces.push(piece as string);
      }
      return pieces;
    })();
    for (const byte of Buffer.from(text)) {
      add(Uint8Array.of(byte));
      await Promise.resolve().then(() => {});
    }
    add('', true);
    const pieces = await read;
    expect(pieces.join('')).toBe(text);
    expect(pieces.every((piece) => piece.length > 0 && !piece.includes('\ufffd'))).toBe(true);
  });

  it('empty, is over at once', async () => {
    const { message, add } = owned(false);
    add('', true);
    expect(await message.next()).toEqual(done);
  });

  it('cut off, gives what came, throws once, and is over', async () => {
    const { message, add, owner, change } = owned(false);
    add('some');
    owner.cutOff = new ConnectionError('WEBSOCKET_CLOSED', 'gone', { retryable: true });
    expect((await message.next()).value).toEqual(Buffer.from('some'));
    await expect(message.next()).rejects.toBe(owner.cutOff);
    expect(await message.next()).toEqual(done);
    const waits = owned(false);
    const next = waits.message.next();
    waits.owner.cutOff = owner.cutOff;
    change();
    waits.change();
    await expect(next).rejects.toBe(owner.cutOff);
  });

  it('that was whole when it was cut off is not cut off', async () => {
    const { message, add, owner } = owned(false);
    add('all', true);
    owner.cutOff = new Error('gone');
    expect((await message.next()).value).toEqual(Buffer.from('all'));
    expect(await message.next()).toEqual(done);
  });

  it('left in the middle drops the rest', async () => {
    const { message, add, take } = owned(false);
    add('one');
    for await (const _ of message) {
      add('two');
      break;
    }
    add('three', true);
    expect(take).toEqual([3, 3]);
    expect(await message.next()).toEqual(done);
  });

  it('is read once, and not after it was left out', () => {
    const taken = expect.objectContaining({ code: 'STREAM_TAKEN' });
    const read = owned(false).message;
    read[Symbol.asyncIterator]();
    expect(() => read[Symbol.asyncIterator]()).toThrow(taken);
    const skipped = owned(false).message;
    skipped.skip();
    expect(() => skipped[Symbol.asyncIterator]()).toThrow(taken);
  });
});
