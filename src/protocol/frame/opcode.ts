/**
 * What a frame is for (RFC 6455 §5.2, §11.8). Numbers as they travel; 3 to 7 and 11 to 15 are reserved.
 */

export const continuation = 0;
export const text = 1;
export const binary = 2;
export const close = 8;
export const ping = 9;
export const pong = 10;

/** §5.5: control frames have the highest bit of the opcode set. */
export function isControl(opcode: number): boolean {
  return opcode >= 8;
}

export function isReserved(opcode: number): boolean {
  return (opcode > binary && opcode < close) || opcode > pong;
}
