import { describe, expect, it } from 'vitest';
import { answer, receive } from './reception.ts';
import {
  closeFrame,
  connectionCount,
  eventually,
  frame,
  HandClock,
  type HeadOptions,
  RawPeer,
  sampleKey,
  text,
  uncaught,
  upgradeHead,
} from './support.ts';

describe('A9 a refused upgrade leaves nothing to be used again', () => {
  const pipelined = 'GET /internal HTTP/1.1\r\nHost: localhost\r\n\r\n';
  const cases: [string, HeadOptions, number][] = [
    ['version 777', { fields: { 'Sec-WebSocket-Version': '777' } }, 426],
    ['no version', { fields: { 'Sec-WebSocket-Version': undefined } }, 426],
    ['a short key', { fields: { 'Sec-WebSocket-Key': 'c2hvcnQ=' } }, 400],
    ['no key', { fields: { 'Sec-WebSocket-Key': undefined } }, 400],
    ['two keys', { extra: `Sec-WebSocket-Key: ${sampleKey}\r\n` }, 400],
    ['POST', { method: 'POST' }, 405],
    ['HTTP/1.0', { version: '1.0' }, 505],
    ['Content-Length: 5', { fields: { 'Content-Length': '5' } }, 400],
    ['Transfer-Encoding: chunked', { fields: { 'Transfer-Encoding': 'chunked' } }, 400],
    ['two Host fields', { extra: 'Host: other\r\n' }, 400],
    ['a bare LF', { extra: 'A: b\n' }, 400],
    ['a field without a name', { extra: ': b\r\n' }, 400],
    ['a space before the colon', { extra: 'A : b\r\n' }, 400],
    ['a subprotocol offered twice', { fields: { 'Sec-WebSocket-Protocol': 'a, a' } }, 400],
    ['an unknown path', { path: '/elsewhere' }, 404],
    ['another origin', { fields: { Origin: 'http://evil.example' } }, 403],
  ];
  it.each(cases)('%s: one answer, then the end', async (_what, options, status) => {
    const { port, requests, endpoint, server } = await receive();
    const whole = await answer(port, upgradeHead(options), pipelined);
    expect(whole.match(/HTTP\/1\.1 \d+/g)).toEqual([`HTTP/1.1 ${status}`]);
    expect(whole).toMatch(/^Connection: close\r$/m);
    expect(/^Sec-WebSocket-Version: 13\r$/m.test(whole)).toBe(status === 426);
    expect(requests).toEqual([]);
    expect(endpoint.websockets.size).toBe(0);
    await eventually(async () => (await connectionCount(server)) === 0);
  });

  it('a folded line hides no request behind it', async () => {
    const { port, requests } = await receive();
    const whole = await answer(port, upgradeHead({ extra: 'A: b\r\n c\r\n' }), pipelined);
    expect(whole.match(/HTTP\/1\.1 \d+/g)?.length).toBe(1);
    expect(requests).toEqual([]);
  });

  it('a body that was announced is not read as another request', async () => {
    const { port, requests } = await receive();
    const head = upgradeHead({ fields: { 'Transfer-Encoding': 'chunked' } });
    const whole = await answer(port, head, '0\r\n\r\n', pipelined);
    expect(whole.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 400']);
    expect(requests).toEqual([]);
  });

  it('the answer arrives whole though the peer ended its side with the request', async () => {
    const { port } = await receive();
    const peer = await RawPeer.connect(port);
    peer.socket.end(upgradeHead({ path: '/elsewhere' }));
    await peer.closed();
    expect(peer.heard.toString()).toMatch(/^HTTP\/1\.1 404 .*this path\.\n$/s);
  });

  it('a refused peer that does not go is cut after a second', async () => {
    const clock = new HandClock();
    const { port, server } = await receive({}, clock);
    const peer = await RawPeer.connect(port);
    peer.write(upgradeHead({ path: '/elsewhere' }));
    await peer.ended();
    expect(await connectionCount(server)).toBe(1);
    clock.advance(1000);
    await eventually(async () => (await connectionCount(server)) === 0);
    expect(clock.pending).toBe(0);
  });
});

describe('A1 fields beyond what is counted', () => {
  const fillers = (count: number): string => {
    let lines = '';
    for (let i = 0; i < count; i += 1) {
      lines += `${String.fromCharCode(97 + (i % 26))}${i % 10}: b\r\n`;
    }
    return lines;
  };

  it.each([96, 1994, 1995, 1996, 2000])('%i more than the handshake needs: 431', async (count) => {
    const { port } = await receive();
    const start = 'GET / HTTP/1.1\r\n';
    const own = upgradeHead().slice(start.length);
    // First, so that a limit that drops what comes last would drop the fields of the handshake.
    const whole = await answer(port, start, fillers(count), own);
    expect(whole).toMatch(/^HTTP\/1\.1 431 /);
  });

  it('95 more than the handshake needs are 100 fields, and are taken', async () => {
    const { port } = await receive();
    await RawPeer.open(port, { extra: fillers(95) });
  });

  it('A2: no name of a field is the key of an object', async () => {
    const { port } = await receive();
    await RawPeer.open(port, {
      extra: '__proto__: a\r\nconstructor: b\r\ntoString: c\r\nhasOwnProperty: d\r\n',
    });
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});

describe('A3 fields that are made to be slow to read', () => {
  const size = 8000;
  const cases: [string, string, string][] = [
    ['Sec-WebSocket-Protocol', `a${' '.repeat(size)}`, '101'],
    ['Sec-WebSocket-Protocol', `a${', '.repeat(size / 2)}a`, '400'],
    ['Sec-WebSocket-Extensions', `a; b="${'\\c'.repeat(size / 2)}"`, '101'],
    ['Sec-WebSocket-Extensions', `a; b="${'\\c'.repeat(size / 2)}`, '400'],
  ];
  it.each(cases)('%s: %.8s…, whole and in pieces: %s', async (name, value, status) => {
    const { port } = await receive();
    const head = upgradeHead({ fields: { [name]: value } });
    const whole = await RawPeer.connect(port);
    whole.write(head);
    expect((await whole.head()).slice(9, 12)).toBe(status);
    const piecemeal = await RawPeer.connect(port);
    for (let at = 0; at < head.length; at += 7) {
      piecemeal.write(head.slice(at, at + 7));
    }
    expect((await piecemeal.head()).slice(9, 12)).toBe(status);
  });
});

describe('A7 the origin decides per mount, whichever is asked first', () => {
  const status = async (port: number, path: string, origin?: string): Promise<string> => {
    const peer = await RawPeer.connect(port);
    peer.write(upgradeHead({ path, fields: { Origin: origin } }));
    return (await peer.head()).slice(9, 12);
  };

  it.each([
    ['/open', '/strict'],
    ['/strict', '/open'],
  ])('%s, then %s', async (first, second) => {
    const { port, endpoint } = await receive();
    endpoint.mount('/open', { origins: 'any' }, () => {});
    endpoint.mount('/strict', { origins: ['https://app.example'] }, () => {});
    const expected: Record<string, string> = { '/open': '101', '/strict': '403' };
    for (const path of [first, second, first]) {
      expect(await status(port, path, 'https://evil.example')).toBe(expected[path]);
    }
    expect(await status(port, '/strict', 'https://app.example')).toBe('101');
    expect(await status(port, '/strict')).toBe('101');
  });

  it('two Origin fields are refused, even two good ones', async () => {
    const { port } = await receive();
    const extra = 'Origin: http://localhost\r\nOrigin: http://localhost\r\n';
    expect(await answer(port, upgradeHead({ extra }))).toMatch(/^HTTP\/1\.1 403 /);
  });
});

describe('A4 nothing a peer does during the handshake crashes or leaks', () => {
  const badFrames: [string, Uint8Array, number][] = [
    ['reserved bits', Buffer.from([0xc1, 0x80, 0, 0, 0, 0]), 1002],
    ['a2 00', Buffer.from([0xa2, 0x00]), 1002],
    ['no mask', frame(1, 'x', { masked: false }), 1002],
    ['an endless length', Buffer.from([0x82, 0xff, 0x7f, 255, 255, 255, 255, 255, 255, 255]), 1009],
    ['bytes that are no text', frame(1, Buffer.from([0xff])), 1007],
  ];
  it.each(badFrames)('the handshake and %s in one segment', async (_what, bytes, code) => {
    const { port, endpoint, server } = await receive();
    for (let round = 0; round < 40; round += 1) {
      const peer = await RawPeer.connect(port);
      peer.write(upgradeHead(), bytes, text('ignored'));
      expect(await peer.head()).toMatch(/^HTTP\/1\.1 101 /);
      expect((await peer.frames(1))[0]?.payload.readUInt16BE()).toBe(code);
      peer.socket.destroy();
    }
    await eventually(() => endpoint.websockets.size === 0);
    await eventually(async () => (await connectionCount(server)) === 0);
  });

  it('PRI * HTTP/2.0 is answered with 400 and the end', async () => {
    const { port, server } = await receive();
    const whole = await answer(port, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    expect(whole).toMatch(/^HTTP\/1\.1 400 /);
    await eventually(async () => (await connectionCount(server)) === 0);
  });

  const head = upgradeHead();
  const steps: [string, (peer: RawPeer) => Promise<void> | void][] = [
    ['before a byte', () => {}],
    ['after one byte', (peer) => peer.write('G')],
    ['after half the head', (peer) => peer.write(head.slice(0, 60))],
    ['before the last byte of the head', (peer) => peer.write(head.slice(0, -1))],
    ['right after the head', (peer) => peer.write(head)],
    ['after the head and half a frame', (peer) => peer.write(head, text('hello').subarray(0, 4))],
    ['after the head and a frame', (peer) => peer.write(head, text('hello'))],
    ['after the head and a bad frame', (peer) => peer.write(head, Buffer.from([0xff, 0xff]))],
    ['after the head and a Close', (peer) => peer.write(head, closeFrame(1000))],
    [
      'after the answer',
      async (peer) => {
        peer.write(head);
        await peer.head();
      },
    ],
    ['after a head that is refused', (peer) => peer.write(upgradeHead({ path: '/elsewhere' }))],
    [
      'after the refusal',
      async (peer) => {
        peer.write(upgradeHead({ path: '/elsewhere' }));
        await peer.head();
      },
    ],
  ];
  it.each(steps)('a reset %s', async (_when, step) => {
    const errors = uncaught();
    const { port, server, endpoint } = await receive({ admit: async () => undefined });
    endpoint.mount('/at-once', {}, (websocket) => {
      websocket.send('welcome');
      websocket.on('message', (message) => void websocket.send(message));
    });
    for (let round = 0; round < 25; round += 1) {
      const peer = await RawPeer.connect(port);
      await step(peer);
      // Every other time before the bytes are sure to have left.
      if (round % 2 === 0) {
        await new Promise<void>((resolve) => peer.socket.write('', () => resolve()));
      }
      peer.reset();
    }
    await eventually(async () => (await connectionCount(server)) === 0);
    await eventually(() => endpoint.websockets.size === 0);
    expect(errors).toEqual([]);
  });
});
