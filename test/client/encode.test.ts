import { describe, expect, it } from 'vitest';
import { copied as copiedBy } from '../../src/client/encode.ts';
import { publishRow } from '../../src/wire/index.ts';

const copied = (message: ReturnType<typeof publish>) => copiedBy(message, { publish: publishRow });

function publish(data: unknown) {
  return { type: 'publish', id: 1, channel: 'room', data } as const;
}

describe('copied', () => {
  it('later changes do not reach the copy; bytes stay bytes', () => {
    const data = { text: 'before' };
    const { message } = copied(publish(data));
    data.text = 'after';
    expect(message.data).toEqual({ text: 'before' });
    expect(copied(publish(new Uint8Array([1, 2]))).message.data).toEqual(new Uint8Array([1, 2]));
  });

  it('the size is that of its JSON', () => {
    expect(copied(publish('x')).size).toBe(JSON.stringify(publish('x')).length);
  });

  it.each([undefined, 1n, () => 1])('%s is REQUEST_INVALID', (data) => {
    expect(() => copied(publish(data))).toThrow(
      expect.objectContaining({ code: 'REQUEST_INVALID', retryable: false }),
    );
  });
});
