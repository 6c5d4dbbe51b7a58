/**
 * The interface `WebSocket` against a server of ours: https://websockets.spec.whatwg.org/#the-websocket-interface.
 */
import { describe, expect, it } from 'vitest';
import { WebSocket } from '../../src/browser-shape/index.ts';
import { eventually, next, serve, turnOver, uncaught } from '../endpoint/support.ts';
import { connect, named, once, open, tell } from './support.ts';

const nowhere = 'ws://127.0.0.1:1/';

describe('the constructor', () => {
  it('is a TypeError without new, and without a URL', () => {
    expect(() => Reflect.apply(WebSocket, undefined, [nowhere])).toThrow(TypeError);
    expect(() => Reflect.construct(WebSocket, [])).toThrow(TypeError);
  });

  it('a URL that cannot be used is a SyntaxError', () => {
    expect(() => new WebSocket('/relative')).toThrow(named('SyntaxError'));
    expect(() => new WebSocket('ws://a.test/#')).toThrow(named('SyntaxError'));
  });

  it('subprotocols that are no tokens, or the same, are a SyntaxError', () => {
    expect(() => new WebSocket(nowhere, 'a b')).toThrow(named('SyntaxError'));
    expect(() => new WebSocket(nowhere, ['a', 'a'])).toThrow(named('SyntaxError'));
    expect(() => Reflect.construct(WebSocket, [nowhere, {}])).toThrow(named('SyntaxError'));
  });

  it('arguments are converted before any is judged', () => {
    const protocols = { [Symbol.iterator]: () => ['a', Symbol('no')].values() };
    expect(() => Reflect.construct(WebSocket, ['/relative', protocols])).toThrow(TypeError);
  });

  it('a new one connects, has its URL whole, and nothing else yet', () => {
    const websocket = connect('http://127.0.0.1:1/a b');
    expect(websocket.url).toBe('ws://127.0.0.1:1/a%20b');
    expect(websocket.readyState).toBe(WebSocket.CONNECTING);
    expect([websocket.protocol, websocket.extensions]).toEqual(['', '']);
    expect([websocket.binaryType, websocket.bufferedAmount]).toEqual(['blob', 0]);
  });

  it('programs may add header fields with a third argument', async () => {
    const fields: (string | undefined)[] = [];
    const { url } = await serve({}, (_, { headers }) => fields.push(headers.one('x-one')));
    await open(url, [], { headers: { 'X-One': '1' } });
    await eventually(() => fields.length > 0);
    expect(fields).toEqual(['1']);
  });

  it.each([
    [{}, {}, ''],
    [{ compression: true }, {}, ''],
    [{}, { compression: true }, ''],
    [
      { compression: true },
      { compression: true },
      'permessage-deflate; server_no_context_takeover; client_no_context_takeover',
    ],
  ])('%j here and %j at the server: the extensions are “%s”', async (here, there, extensions) => {
    const { url } = await serve({ ...there }, (websocket) => {
      websocket.on('message', (message) => websocket.send(message));
    });
    const websocket = await open(url, [], here);
    expect(websocket.extensions).toBe(extensions);
    const text = 'compress me '.repeat(1000);
    websocket.send(text);
    expect(await once(websocket, 'message')).toMatchObject({ data: text });
  });

  it('what is wrong in the third argument comes as error', async () => {
    const websocket = connect(nowhere, [], { headers: { 'bad name': '1' } });
    const event = await once(websocket, 'error');
    expect(event).toMatchObject({ error: { code: 'HEADER_INVALID' } });
  });
});

describe('the interface', () => {
  it('inherits from EventTarget, and is called WebSocket', () => {
    const websocket = connect(nowhere);
    expect(websocket).toBeInstanceOf(EventTarget);
    expect(Object.prototype.toString.call(websocket)).toBe('[object WebSocket]');
    expect(Object.getPrototypeOf(WebSocket)).toBe(EventTarget);
  });

  it.each([
    ['CONNECTING', 0],
    ['OPEN', 1],
    ['CLOSING', 2],
    ['CLOSED', 3],
  ])('%s is %i on class and prototype', (name, value) => {
    expect(Reflect.get(WebSocket, name)).toBe(value);
    expect(Reflect.get(WebSocket.prototype, name)).toBe(value);
    expect(Reflect.set(WebSocket, name, 9)).toBe(false);
  });

  it('the lengths are those of the interface', () => {
    const lengths = ['send', 'close'].map((name) => {
      const method: unknown = Reflect.get(WebSocket.prototype, name);
      return (method as () => void).length;
    });
    expect([WebSocket.length, ...lengths]).toEqual([1, 1, 0]);
  });

  it('attributes throw when asked of another object', () => {
    for (const name of ['url', 'readyState', 'bufferedAmount', 'extensions', 'protocol']) {
      expect(() => Reflect.get(WebSocket.prototype, name)).toThrow(TypeError);
    }
  });

  it.each(['open', 'message', 'error', 'close'])('on%s is null until it is set', (type) => {
    const websocket = connect(nowhere);
    expect(Reflect.get(websocket, `on${type}`)).toBeNull();
    const handler = (): void => {};
    Reflect.set(websocket, `on${type}`, handler);
    expect(Reflect.get(websocket, `on${type}`)).toBe(handler);
  });

  it('binaryType takes its two values and leaves others alone', () => {
    const websocket = connect(nowhere);
    for (const [value, held] of [
      ['arraybuffer', 'arraybuffer'],
      ['Blob', 'arraybuffer'],
      ['', 'arraybuffer'],
      [null, 'arraybuffer'],
      ['blob', 'blob'],
    ]) {
      Reflect.set(websocket, 'binaryType', value);
      expect(websocket.binaryType).toBe(held);
    }
  });
});

describe('open', () => {
  it('is an Event, when readyState is OPEN and protocol says what was agreed', async () => {
    const { url } = await serve({ subprotocols: ['b'] });
    const websocket = connect(url, ['a', 'b']);
    const event = await once(websocket, 'open');
    expect(Object.getPrototypeOf(event)).toBe(Event.prototype);
    expect(event.target).toBe(websocket);
    expect([websocket.readyState, websocket.protocol]).toEqual([1, 'b']);
  });

  it('comes before the first message, with a task of its own for each', async () => {
    const { url } = await serve({}, (server) => {
      server.send('1');
      server.send('2');
    });
    const websocket = connect(url);
    const order: unknown[] = [];
    websocket.onopen = () => void Promise.resolve().then(() => order.push('after open'));
    websocket.onmessage = ({ data }) => {
      order.push(data);
      queueMicrotask(() => order.push(`after ${data}`));
    };
    await eventually(() => order.length === 5);
    expect(order).toEqual(['after open', '1', 'after 1', '2', 'after 2']);
  });

  it('what a listener throws is uncaught and stops no other', async () => {
    const errors = uncaught();
    const { url } = await serve();
    const websocket = connect(url);
    websocket.onopen = () => {
      throw new Error('mine');
    };
    await once(websocket, 'open');
    await eventually(() => errors.length > 0);
    expect(errors).toEqual([new Error('mine')]);
  });
});

describe('message', () => {
  it('is a MessageEvent with the origin of the URL', async () => {
    const { url } = await serve({}, (server) => void server.send('hello'));
    const event = (await once(connect(url), 'message')) as MessageEvent;
    expect(event).toBeInstanceOf(MessageEvent);
    expect([event.data, event.origin, event.lastEventId]).toEqual(['hello', url.slice(0, -1), '']);
  });

  it('bytes are a Blob without a type, or an ArrayBuffer of their own', async () => {
    const { url, accepted } = await serve();
    const websocket = await open(url);
    const server = await accepted();
    server.send(Uint8Array.of(1, 2));
    const { data } = (await once(websocket, 'message')) as MessageEvent<Blob>;
    expect([data instanceof Blob, data.size, data.type]).toEqual([true, 2, '']);
    websocket.binaryType = 'arraybuffer';
    server.send(Uint8Array.of(3, 4));
    const event = (await once(websocket, 'message')) as MessageEvent<ArrayBuffer>;
    expect([...new Uint8Array(event.data)]).toEqual([3, 4]);
  });

  it('binaryType is asked when the message is told, not when it comes', async () => {
    const { url } = await serve({}, (server) => {
      server.send('first');
      server.send(Uint8Array.of(1));
    });
    const websocket = connect(url);
    const told = tell(websocket);
    websocket.onmessage = () => {
      websocket.binaryType = 'arraybuffer';
    };
    await eventually(() => told.length === 3);
    expect(told[2]![1]).toBeInstanceOf(ArrayBuffer);
  });

  it('none is told once close was called', async () => {
    const { url } = await serve({}, (server) => {
      server.send('1');
      server.send('2');
    });
    const websocket = connect(url);
    const told = tell(websocket);
    websocket.onmessage = () => websocket.close();
    await once(websocket, 'close');
    expect(told).toEqual([['open'], ['message', '1'], ['close', 1005, '', true]]);
  });
});

describe('send', () => {
  it('is an InvalidStateError while connecting, and a TypeError without an argument', () => {
    const websocket = connect(nowhere);
    expect(() => websocket.send('early')).toThrow(named('InvalidStateError'));
    const send = (): void => (websocket.send as () => void)();
    expect(send).toThrow(TypeError);
  });

  it('takes text, Blobs, buffers and views, and everything else as its text', async () => {
    const { url, accepted } = await serve();
    const websocket = await open(url);
    const server = await accepted();
    const came: unknown[] = [];
    server.on('message', (message) => came.push(message));
    for (const data of [
      'text \ud800',
      new Blob(['blob']),
      Uint8Array.of(1).buffer,
      new Uint16Array([2]),
      5,
      null,
      undefined,
      '',
      new ArrayBuffer(0),
    ]) {
      websocket.send(data as string);
    }
    await eventually(() => came.length === 9);
    expect(came).toEqual([
      'text \ufffd',
      Buffer.from('blob'),
      Buffer.of(1),
      Buffer.of(2, 0),
      '5',
      'null',
      'undefined',
      '',
      Buffer.alloc(0),
    ]);
  });

  it('bytes leave as they were, whatever is done to them afterwards', async () => {
    const { url, accepted } = await serve();
    const websocket = await open(url);
    const server = await accepted();
    const bytes = new Uint8Array(100_000).fill(1);
    websocket.send(new Blob(['first']));
    websocket.send(bytes);
    bytes.fill(2);
    await next(server, 'message');
    const [message] = await next(server, 'message');
    expect(Buffer.from(message).equals(Buffer.alloc(100_000, 1))).toBe(true);
  });

  it('once closing it sends nothing and counts all the same', async () => {
    const { url, accepted } = await serve();
    const websocket = await open(url);
    const server = await accepted();
    const came: unknown[] = [];
    server.on('message', (message) => came.push(message));
    websocket.close();
    websocket.send('abc');
    websocket.send(new Blob(['de']));
    expect(websocket.bufferedAmount).toBe(5);
    await once(websocket, 'close');
    websocket.send('ü');
    expect([websocket.readyState, websocket.bufferedAmount]).toEqual([3, 7]);
    await turnOver();
    expect([websocket.bufferedAmount, came]).toEqual([7, []]);
  });
});
