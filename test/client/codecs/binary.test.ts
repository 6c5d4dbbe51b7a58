import { describe, expect, it } from 'vitest';
import { binary } from '../../../src/client/codecs/binary.ts';
import { clientMessagesFromBinary, serverMessageToBinary } from '../../../src/wire/binary.ts';

describe('binary', () => {
  it('writes a message as bytes, and reads one or several of a frame', () => {
    const codec = binary();
    expect(codec.subprotocol).toBe('tautline.v1.binary');
    const ping = { type: 'ping', id: 1 } as const;
    expect(clientMessagesFromBinary(codec.write(ping) as Uint8Array)).toEqual({ messages: [ping] });
    const pong = { type: 'pong', id: 1 } as const;
    const frame = serverMessageToBinary(pong);
    expect(codec.read(frame)).toEqual({ messages: [pong] });
    expect(codec.read(new Uint8Array([...frame, ...frame]))).toEqual({ messages: [pong, pong] });
  });

  it.each(['{}', new Uint8Array()])('%j is a problem', (frame) => {
    expect(binary().read(frame)).toHaveProperty('problem');
  });
});
