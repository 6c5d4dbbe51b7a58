/** Bytes of hostile peers. Masks are zeros, so that what is written is what is meant. */

/** The codes of §5.2 in the first byte; RSV1 is that of permessage-deflate. */
export const rsv1 = 0x40;

/** One frame. `opcode` may carry reserved bits. */
export function frame(opcode: number, payload: Uint8Array, final = true): Buffer {
  const head = Buffer.alloc(payload.length < 126 ? 6 : payload.length < 65_536 ? 8 : 14);
  head[0] = (final ? 0x80 : 0) | opcode;
  if (payload.length < 126) {
    head[1] = 0x80 | payload.length;
  } else if (payload.length < 65_536) {
    head[1] = 0x80 | 126;
    head.writeUInt16BE(payload.length, 2);
  } else {
    head[1] = 0x80 | 127;
    head.writeBigUInt64BE(BigInt(payload.length), 2);
  }
  return Buffer.concat([head, payload]);
}

/** The head of a frame whose payload is said to have so many bytes. */
export function longHead(opcode: number, length: number): Buffer {
  const head = Buffer.alloc(14);
  head[0] = 0x80 | opcode;
  head[1] = 0x80 | 127;
  head.writeBigUInt64BE(BigInt(length), 2);
  return head;
}
