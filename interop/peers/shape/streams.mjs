/**
 * What a page can see of `WebSocketStream`.
 * Each entry does something and gives what it saw. Runs in a browser and in Node alike, and knows neither.
 */
import { badUrls, kind, openStream, outcome, settled } from './look.mjs';

export const streams = {
  'stream: the interface': ({ WebSocketStream }) => [
    Object.keys(WebSocketStream.prototype),
    WebSocketStream.length,
    Object.prototype.toString.call(WebSocketStream.prototype),
  ],
  'stream: what its constructor refuses': ({ WebSocketStream }) => [
    outcome(() => new WebSocketStream()),
    outcome(() => WebSocketStream('ws://127.0.0.1:1/')),
    ...badUrls.map((url) => outcome(() => new WebSocketStream(url))),
    ...[
      5,
      { protocols: 'a' },
      { protocols: ['a', 'a'] },
      { protocols: ['a b'] },
      { signal: 5 },
    ].map((options) => outcome(() => new WebSocketStream('ws://127.0.0.1:1/', options))),
  ],
  'stream: opened': async ({ WebSocketStream, base }) => {
    const { stream, readable, writable, protocol, extensions } = await openStream(
      WebSocketStream,
      `${base}/echo`,
      { protocols: ['a', 'b'] },
    );
    const writer = writable.getWriter();
    const seen = [
      readable.constructor.name,
      writable.constructor.name,
      protocol,
      extensions,
      writer.desiredSize,
    ];
    stream.close();
    return seen;
  },
  'stream: an echo': async ({ WebSocketStream, base }) => {
    const { stream, readable, writable } = await openStream(WebSocketStream, `${base}/echo`);
    const reader = readable.getReader();
    const writer = writable.getWriter();
    const seen = [];
    for (const chunk of ['text', '', 5, null, new Uint8Array([1, 2]), new Blob(['x'])]) {
      await writer.write(chunk);
      const { value } = await reader.read();
      seen.push(typeof value === 'string' ? value : [...new Uint8Array(value)]);
    }
    stream.close();
    return seen;
  },
  'stream: a chunk of bytes': async ({ WebSocketStream, base }) => {
    const { stream, readable, writable } = await openStream(WebSocketStream, `${base}/echo`);
    await writable.getWriter().write(new Uint8Array(1));
    const { value } = await readable.getReader().read();
    stream.close();
    return kind(value);
  },
  'stream: a chunk that cannot be converted': async ({ WebSocketStream, base }) => {
    const { stream, writable } = await openStream(WebSocketStream, `${base}/echo`);
    const writer = writable.getWriter();
    const seen = [await settled(writer.write(Symbol('no'))), await settled(writer.closed)];
    stream.close();
    return [...seen, await settled(stream.closed)];
  },
  'stream: close': async ({ WebSocketStream, base }) => {
    const seen = [];
    for (const info of [
      undefined,
      null,
      {},
      { closeCode: 4000, reason: 'why' },
      { reason: 'why' },
      { closeCode: 1000.5 },
    ]) {
      const { stream } = await openStream(WebSocketStream, `${base}/echo`);
      stream.close(info);
      seen.push(await settled(stream.closed));
    }
    return seen;
  },
  'stream: what close refuses': async ({ WebSocketStream, base }) => {
    const { stream } = await openStream(WebSocketStream, `${base}/echo`);
    const bad = [
      true,
      { reason: 'x'.repeat(124) },
      ...[999, 999.5, 1001, 2999, 5000, -1, 66_536, NaN, 'x', null].map((closeCode) => ({
        closeCode,
      })),
    ];
    const seen = bad.map((info) => outcome(() => stream.close(info)));
    stream.close();
    return seen;
  },
  'stream: both ends after close': async ({ WebSocketStream, base }) => {
    const { stream, readable, writable } = await openStream(WebSocketStream, `${base}/echo`);
    const writer = writable.getWriter();
    stream.close();
    await stream.closed;
    return [
      await settled(readable.getReader().read()),
      await settled(writer.closed),
      await settled(writer.write('x')),
    ];
  },
  'stream: closing the writable': async ({ WebSocketStream, base }) => {
    const { stream, readable, writable } = await openStream(WebSocketStream, `${base}/echo`);
    const writer = writable.getWriter();
    return [
      await settled(writer.close()),
      await settled(writer.closed),
      await settled(stream.closed),
      await settled(readable.getReader().read()),
    ];
  },
  'stream: aborting and cancelling': async ({ WebSocketStream, WebSocketError, base }) => {
    const seen = [];
    const reasons = [
      undefined,
      { closeCode: 4000 },
      new WebSocketError('', { closeCode: 4000, reason: 'why' }),
      new WebSocketError('', { reason: 'why' }),
    ];
    for (const reason of reasons) {
      const one = await openStream(WebSocketStream, `${base}/echo`);
      seen.push(await settled(one.writable.abort(reason)), await settled(one.stream.closed));
      const other = await openStream(WebSocketStream, `${base}/echo`);
      seen.push(await settled(other.readable.cancel(reason)), await settled(other.stream.closed));
    }
    return seen;
  },
  'stream: refused': async ({ WebSocketStream, base }) => {
    const stream = new WebSocketStream(`${base}/nowhere`);
    return [await settled(stream.opened), await settled(stream.closed)];
  },
  'stream: closed while connecting': async ({ WebSocketStream, base }) => {
    const stream = new WebSocketStream(`${base}/echo`);
    stream.close({ closeCode: 4000 });
    return [await settled(stream.opened), await settled(stream.closed)];
  },
  'stream: aborted before and while connecting': async ({ WebSocketStream, base }) => {
    const controller = new AbortController();
    const streams = [
      new WebSocketStream(`${base}/echo`, { signal: AbortSignal.abort() }),
      new WebSocketStream(`${base}/echo`, { signal: controller.signal }),
    ];
    controller.abort();
    const seen = [];
    for (const { opened, closed } of streams) {
      seen.push(await settled(opened), await settled(closed));
    }
    return seen;
  },
  'stream: the connection is lost': async ({ WebSocketStream, raw }) => {
    const { stream, readable, writable } = await openStream(WebSocketStream, `${raw}/lost`);
    return [
      await settled(stream.closed),
      await settled(readable.getReader().read()),
      await settled(writable.getWriter().write('x')),
    ];
  },
  'stream: the server closes': async ({ WebSocketStream, base }) => {
    const { stream, readable, writable } = await openStream(WebSocketStream, `${base}/bye`);
    const reader = readable.getReader();
    const seen = [await reader.read(), await reader.read(), await reader.read()].map(
      ({ done, value }) => [done, value],
    );
    return [...seen, await settled(stream.closed), await settled(writable.getWriter().write('x'))];
  },
  'stream: WebSocketError': ({ WebSocketError }) => {
    const error = new WebSocketError('m', { closeCode: 4000, reason: 'why' });
    return [
      [
        error.name,
        error.message,
        error.code,
        error.closeCode,
        error.reason,
        error instanceof DOMException,
      ],
      [new WebSocketError().closeCode, new WebSocketError('', { reason: 'x' }).closeCode],
      outcome(() => new WebSocketError('', { closeCode: 1005 })),
      outcome(() => new WebSocketError('', { reason: 'x'.repeat(124) })),
      Object.keys(WebSocketError.prototype),
      Object.prototype.toString.call(error),
    ];
  },
};
