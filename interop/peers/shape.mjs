/**
 * What a page can see of `WebSocket` and `WebSocketStream`: each entry does something and gives what it saw, as plain data.
 * In: the classes, and the address of a server. Runs in a browser and in Node alike, and knows neither.
 */

/** All events until the last, with the state at each. `act` is called when it is made. */
function watch(WebSocket, url, act = () => {}, protocols = []) {
  return new Promise((resolve) => {
    const seen = [];
    const websocket = new WebSocket(url, protocols);
    const tell = (event, ...more) =>
      seen.push([event.type, event.constructor.name, websocket.readyState, ...more]);
    websocket.addEventListener('open', (event) => tell(event, websocket.protocol));
    websocket.addEventListener('message', (event) =>
      tell(event, kind(event.data), event.origin === new URL(url).origin),
    );
    websocket.addEventListener('error', (event) => tell(event));
    websocket.addEventListener('close', (event) => {
      tell(event, event.code, event.reason, event.wasClean);
      resolve(seen);
    });
    act(websocket, seen);
  });
}

function kind(data) {
  return typeof data === 'string' ? data : Object.prototype.toString.call(data);
}

function outcome(act) {
  try {
    return ['gives', String(act())];
  } catch (error) {
    return ['throws', error.constructor.name, error.name];
  }
}

async function settled(promise) {
  try {
    const value = await promise;
    return ['resolves', value === null ? undefined : value];
  } catch (error) {
    return ['rejects', error.constructor.name, error.name, error.closeCode, error.reason];
  }
}

function whenOpen(WebSocket, url) {
  return new Promise((resolve) => {
    const websocket = new WebSocket(url);
    websocket.onopen = () => resolve(websocket);
  });
}

async function openStream(WebSocketStream, url, options) {
  const stream = new WebSocketStream(url, options);
  return { stream, ...(await stream.opened) };
}

const badUrls = [
  'ws://',
  'ws://[a/',
  'mailto:a@b.test',
  'ftp://a.test/',
  'ws://a.test/#',
  'ws://a.test/#x',
];
const protocols = [
  '',
  ' ',
  'a b',
  'a,b',
  'ä',
  '(a)',
  'a/b',
  ['a', 'a'],
  ['a', ''],
  {},
  new String('aa'),
  5,
  null,
  ['a', 'A'],
];
const descriptor = (object, name) => {
  const { value, get, set, ...flags } = Object.getOwnPropertyDescriptor(object, name);
  return [typeof value, typeof get, typeof set, flags];
};

export const observations = {
  'constructor: URLs that cannot be used': ({ WebSocket }) =>
    badUrls.map((url) => outcome(() => new WebSocket(url))),
  'constructor: URLs as they are written': ({ WebSocket }) =>
    ['ws://127.0.0.1:1', 'http://127.0.0.1:80/a b', 'HTTPS://127.0.0.1:1/?ü'].map((url) =>
      outcome(() => new WebSocket(url).url),
    ),
  'constructor: subprotocols': ({ WebSocket }) =>
    protocols.map((protocol) => outcome(() => new WebSocket('ws://127.0.0.1:1/', protocol).url)),
  'constructor: without new, without a URL': ({ WebSocket }) => [
    outcome(() => WebSocket('ws://127.0.0.1:1/')),
    outcome(() => new WebSocket()),
  ],
  'constructor: a new one': ({ WebSocket }) => {
    const it = new WebSocket('ws://127.0.0.1:1/');
    return [
      it.readyState,
      it.bufferedAmount,
      it.protocol,
      it.extensions,
      it.binaryType,
      it.onopen,
      it.onmessage,
      it.onerror,
      it.onclose,
    ];
  },
  'interface: constants': ({ WebSocket }) =>
    ['CONNECTING', 'OPEN', 'CLOSING', 'CLOSED'].flatMap((name) => [
      Object.getOwnPropertyDescriptor(WebSocket, name),
      Object.getOwnPropertyDescriptor(WebSocket.prototype, name),
    ]),
  'interface: members': ({ WebSocket }) =>
    Object.keys(WebSocket.prototype)
      .sort()
      .map((name) => [name, descriptor(WebSocket.prototype, name)]),
  'interface: lengths, tag, parent': ({ WebSocket }) => [
    WebSocket.length,
    WebSocket.prototype.send.length,
    WebSocket.prototype.close.length,
    Object.getOwnPropertyDescriptor(WebSocket.prototype, Symbol.toStringTag),
    Object.getPrototypeOf(WebSocket) === EventTarget,
    WebSocket.name,
  ],
  'interface: attributes of another object': ({ WebSocket }) =>
    ['url', 'readyState', 'bufferedAmount', 'extensions', 'protocol', 'binaryType', 'onopen'].map(
      (name) => outcome(() => WebSocket.prototype[name]),
    ),
  'binaryType: values': ({ WebSocket }) => {
    const it = new WebSocket('ws://127.0.0.1:1/');
    return ['arraybuffer', 'Blob', '', null, 'text', 'blob'].map((value) => {
      it.binaryType = value;
      return it.binaryType;
    });
  },
  'handlers: what is held': ({ WebSocket }) => {
    const it = new WebSocket('ws://127.0.0.1:1/');
    return [() => {}, {}, 5, 'text', null, undefined, { handleEvent() {} }].map((value) => {
      it.onopen = value;
      return [typeof it.onopen, it.onopen === value];
    });
  },
  'handlers: order among listeners': async ({ WebSocket, base }) => {
    const order = [];
    await watch(WebSocket, `${base}/bye`, (it) => {
      it.addEventListener('open', () => order.push('listener 1'));
      it.onopen = () => order.push('handler 1');
      it.addEventListener('open', () => order.push('listener 2'));
      it.onopen = () => order.push('handler 2');
      it.addEventListener('message', () => order.push('listener 3'));
      it.onmessage = () => order.push('handler 3');
      it.onmessage = null;
      it.addEventListener('message', { handleEvent: () => order.push('object') });
      it.onmessage = { handleEvent: () => order.push('never') };
    });
    return order;
  },
  'handlers: this': async ({ WebSocket, base }) => {
    const seen = [];
    await watch(WebSocket, `${base}/bye`, (it) => {
      it.onopen = function (event) {
        seen.push(this === it, event.target === it, event.bubbles, event.cancelable);
      };
    });
    return seen;
  },
  'events: a conversation that the server closes': ({ WebSocket, base }) =>
    watch(WebSocket, `${base}/bye`),
  'events: microtasks run between messages': async ({ WebSocket, base }) => {
    const order = [];
    await watch(WebSocket, `${base}/bye`, (it) => {
      it.onmessage = ({ data }) => {
        order.push(data);
        queueMicrotask(() => order.push(`after ${data}`));
      };
    });
    return order;
  },
  'events: a subprotocol is agreed on': ({ WebSocket, base }) =>
    watch(
      WebSocket,
      `${base}/echo`,
      (it) => {
        it.onopen = () => it.close();
      },
      ['a', 'b'],
    ),
  'events: a handshake that is refused': ({ WebSocket, base }) =>
    watch(WebSocket, `${base}/nowhere`),
  'events: nobody is there': ({ WebSocket }) => watch(WebSocket, 'ws://127.0.0.1:9/'),
  'events: text that is not UTF-8': ({ WebSocket, raw }) => watch(WebSocket, `${raw}/text`),
  'events: a reserved bit': ({ WebSocket, raw }) => watch(WebSocket, `${raw}/reserved`),
  'events: a Close frame with one byte': ({ WebSocket, raw }) => watch(WebSocket, `${raw}/close`),
  'events: the connection is lost': ({ WebSocket, raw }) => watch(WebSocket, `${raw}/lost`),
  'message: bytes as a Blob': ({ WebSocket, base }) =>
    watch(WebSocket, `${base}/echo`, (it) => {
      it.onopen = () => it.send(new Uint8Array(3));
      it.onmessage = ({ data }) => it.close(4000, `${data.size} ${data.type}`);
    }),
  'message: bytes as an ArrayBuffer': ({ WebSocket, base }) =>
    watch(WebSocket, `${base}/echo`, (it) => {
      it.binaryType = 'arraybuffer';
      it.onopen = () => it.send(new Uint8Array(3));
      it.onmessage = ({ data }) => it.close(4000, `${data.byteLength}`);
    }),
  'message: binaryType is changed between two': ({ WebSocket, base }) =>
    watch(WebSocket, `${base}/echo`, (it) => {
      let count = 0;
      it.onopen = () => {
        it.send(new Uint8Array(1));
        it.send(new Uint8Array(2));
      };
      it.onmessage = () => {
        it.binaryType = 'arraybuffer';
        count += 1;
        if (count === 2) {
          it.close();
        }
      };
    }),
  'message: close inside of the first': ({ WebSocket, base }) =>
    watch(WebSocket, `${base}/bye`, (it, seen) => {
      it.onmessage = () => {
        it.close(4002, 'mine');
        seen.push(it.readyState);
      };
    }),
  'send: while connecting': ({ WebSocket, base }) =>
    watch(WebSocket, `${base}/echo`, (it, seen) => {
      seen.push(
        outcome(() => it.send('x')),
        outcome(() => it.send()),
      );
      it.close();
    }),
  'send: what may be sent': async ({ WebSocket, base }) => {
    const it = await whenOpen(WebSocket, `${base}/echo`);
    const detached = new ArrayBuffer(3);
    structuredClone(detached, { transfer: [detached] });
    const seen = [
      undefined,
      null,
      5,
      {},
      [1, 2],
      Symbol('no'),
      detached,
      new ArrayBuffer(3, { maxByteLength: 9 }),
      new Uint8Array(new ArrayBuffer(3, { maxByteLength: 9 })),
    ].map((data) => outcome(() => it.send(data)));
    it.close();
    return seen;
  },
  'send: everything comes back as it was': async ({ WebSocket, base }) => {
    const it = await whenOpen(WebSocket, `${base}/echo`);
    it.binaryType = 'arraybuffer';
    const sent = [
      '',
      'ü🧵',
      '\ufeffmark',
      'lone \ud800 \udc00',
      null,
      new Blob(['blob']),
      'after',
      new Uint16Array([1, 2]),
      new DataView(new ArrayBuffer(2)),
      new ArrayBuffer(0),
    ];
    const came = new Promise((resolve) => {
      const list = [];
      it.onmessage = ({ data }) => {
        list.push(typeof data === 'string' ? data : [...new Uint8Array(data)]);
        if (list.length === sent.length) {
          resolve(list);
        }
      };
    });
    for (const data of sent) {
      it.send(data);
    }
    const list = await came;
    it.close();
    return list;
  },
  'bufferedAmount: in the task that sends': async ({ WebSocket, base }) => {
    const it = await whenOpen(WebSocket, `${base}/echo`);
    const seen = [
      'abc',
      'ü🧵',
      '',
      new Uint8Array(1000),
      new Blob(['blob']),
      'x'.repeat(1_000_000),
    ].map((data) => {
      it.send(data);
      return it.bufferedAmount;
    });
    it.close();
    return seen;
  },
  'bufferedAmount: after close, and after the end': async ({ WebSocket, base }) => {
    const it = await whenOpen(WebSocket, `${base}/echo`);
    it.close();
    it.send('abc');
    const seen = [it.bufferedAmount];
    await new Promise((resolve) => {
      it.onclose = resolve;
    });
    it.send(new Uint8Array(4));
    seen.push(it.bufferedAmount);
    await new Promise((resolve) => setTimeout(resolve));
    seen.push(it.bufferedAmount);
    return seen;
  },
  'close: codes': ({ WebSocket }) => {
    const codes = [
      1000,
      '1000',
      3000,
      4999,
      0,
      1,
      999,
      1001,
      1005,
      2999,
      5000,
      65_536 + 1000,
      -1,
      null,
      NaN,
      'x',
      1n,
      Symbol('no'),
    ];
    return codes.map((code) => outcome(() => new WebSocket('ws://127.0.0.1:1/').close(code)));
  },
  'close: reasons': ({ WebSocket }) =>
    ['x'.repeat(123), 'x'.repeat(124), 'ü'.repeat(61), 'ü'.repeat(62), null, 5].map((reason) =>
      outcome(() => new WebSocket('ws://127.0.0.1:1/').close(1000, reason)),
    ),
  'close: a bad code and a bad reason': ({ WebSocket }) =>
    outcome(() => new WebSocket('ws://127.0.0.1:1/').close(1, 'x'.repeat(124))),
  'close: with a code and a reason': ({ WebSocket, base }) =>
    watch(WebSocket, `${base}/echo`, (it, seen) => {
      it.onopen = () => {
        it.close(4567, 'why \ud800');
        seen.push(it.readyState);
        it.close(4568);
      };
    }),
  'close: with nothing': ({ WebSocket, base }) =>
    watch(WebSocket, `${base}/echo`, (it) => {
      it.onopen = () => it.close();
    }),
  'close: with undefined and a reason': ({ WebSocket, base }) =>
    watch(WebSocket, `${base}/echo`, (it, seen) => {
      it.onopen = () => {
        seen.push(
          outcome(() => it.close(undefined, 'why')),
          it.readyState,
        );
        it.close();
      };
    }),
  'close: while connecting, twice': ({ WebSocket, base }) =>
    watch(WebSocket, `${base}/echo`, (it, seen) => {
      it.close();
      it.close(4000);
      seen.push(it.readyState);
    }),
  'close: behind what was sent': ({ WebSocket, base }) =>
    watch(WebSocket, `${base}/count`, (it) => {
      it.onopen = () => {
        it.send(new Blob(['x'.repeat(1000)]));
        it.send('y');
        it.close(4000);
      };
    }),
};

export const streamObservations = {
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

/** One after the other, by name. What does not come to an end says so. */
export async function observe(world) {
  const seen = {};
  for (const [name, look] of Object.entries({ ...observations, ...streamObservations })) {
    const late = new Promise((resolve) => setTimeout(resolve, 10_000, 'nothing within 10 s'));
    const came = Promise.resolve(look(world)).catch((error) => `failed: ${error}`);
    seen[name] = JSON.parse(JSON.stringify(await Promise.race([came, late])) ?? 'null');
  }
  return seen;
}
