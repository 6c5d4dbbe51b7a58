/**
 * CRC-32C (Castagnoli), by a table: tells bytes that changed by themselves from those that were written. It is no protection against
 * those who change bytes on purpose.
 * In: bytes, and the checksum of those before them. Out: the checksum of all. Cannot fail.
 */

const table = new Uint32Array(256);
for (let byte = 0; byte < 256; byte += 1) {
  let rest = byte;
  for (let bit = 0; bit < 8; bit += 1) {
    // RFC 3720, appendix B.4, with its bits turned round.
    rest = (rest & 1) === 1 ? (rest >>> 1) ^ 0x82f63b78 : rest >>> 1;
  }
  table[byte] = rest;
}

/** From 0 to 4,294,967,295. */
export function crc32c(bytes: Uint8Array, before = 0): number {
  let rest = ~before;
  for (let i = 0; i < bytes.length; i += 1) {
    rest = table[(rest ^ bytes[i]!) & 0xff]! ^ (rest >>> 8);
  }
  return ~rest >>> 0;
}
