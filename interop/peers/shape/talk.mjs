/**
 * What a page can see of a `WebSocket` that talks and closes.
 * Each entry does something and gives what it saw. Runs in a browser and in Node alike, and knows neither.
 */
import { outcome, watch, whenOpen } from './look.mjs';

export const talks = {
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
