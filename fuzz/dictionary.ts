/**
 * Byte sequences that mean something to a WebSocket peer: at the edges of lengths, characters, codes and fields is where
 * mistakes are made.
 */

/** Words in hex, with spaces between them. */
function fromHex(...rows: readonly string[]): Uint8Array[] {
  const words = rows.flatMap((row) => row.split(' '));
  return words.map((word) => Uint8Array.from(Buffer.from(word, 'hex')));
}

/** Words in Latin-1, with bars between them. */
function fromText(...rows: readonly string[]): Uint8Array[] {
  const words = rows.flatMap((row) => row.split('|'));
  return words.map((word) => Uint8Array.from(Buffer.from(word, 'latin1')));
}

/** Headers of frames without and with a mask (whose key is often zero), and lengths on both sides of every edge. */
const headerWords: readonly Uint8Array[] = fromHex(
  '8100 8201 0100 0200 0000 8000 8800 8802 8900 8a00',
  '818000000000 828000000000 018000000000 000000000000 808000000000',
  '888000000000 898000000000 8a8000000000 818100000000 c100 a100 9100',
  '8300 8b00 0900 8f00 7d 7e 7f fd fe ff',
  '7d 007d 007e 007f ffff 0000000000000000 000000000000007e',
  '000000000000ffff 0000000000010000 000000007fffffff 0000000080000000',
  '00000000ffffffff 0000000100000000 001fffffffffffff 0020000000000000',
  '7fffffffffffffff 8000000000000000 ffffffffffffffff 00000000 01020304',
);

/** Each edge of RFC 3629 §4, right and wrong, whole and cut. */
export const utf8Words: readonly Uint8Array[] = fromHex(
  '00 7f 80 bf c080 c1bf c280 dfbf df e08080 e09fbf e0a080',
  'e0a0 e0 ecbfbf ed9fbf eda080 edbfbf ed ee8080 efbfbd efbbbf',
  'efbfbf f0808080 f08fbfbf f0908080 f09080 f090 f0 f3bfbfbf f48fbfbf',
  'f4908080 f4 f5808080 f8888080 fe ff f09f9880 e282ac 808080 80808080',
);

const closeWords: readonly Uint8Array[] = fromHex(
  '03e7 03e8 03e9 03eb 03ec 03ed 03ee 03ef 03f6 03f7 03f8',
  '0bb7 0bb8 1387 1388 0000 ffff 880203e8 888203e803e8',
);

export const frameWords: readonly Uint8Array[] = [...headerWords, ...utf8Words, ...closeWords];

export const headWords: readonly Uint8Array[] = fromText(
  '\r\n|\r\n\r\n|\r|\n|: |:| |\t|,|, |\0|\x0b|\x0c|\x7f',
  '\x80|\xa0|\xff|\r\n |\r\n\t|=|"|;|/',
  'GET / HTTP/1.1\r\n|POST |GET | HTTP/1.0| HTTP/1.1| HTTP/2.0|HTTP/1.1 101 ',
  'HTTP/1.1 101\r\n|HTTP/1.1 200 OK\r\n|Host: a\r\n|Upgrade: websocket\r\n|13',
  'Connection: Upgrade\r\n|Connection: keep-alive, Upgrade\r\n|websocket|Upgrade',
  'Sec-WebSocket-Version: 13\r\n|Sec-WebSocket-Protocol: a, b\r\n',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n|dGhlIHNhbXBsZSBub25jZQ==|==',
  'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n|s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
  'Sec-WebSocket-Extensions: permessage-deflate\r\n|Content-Length: 0\r\n',
  'Sec-WebSocket-Extensions: a; b="\\c", d; e=f\r\n|; b|="c"|\\',
  'Transfer-Encoding: chunked\r\n|Origin: null\r\n|__proto__: x\r\n|constructor',
);
