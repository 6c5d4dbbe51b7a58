/**
 * What a page can see of the interface `WebSocket`.
 * Each entry does something and gives what it saw. Runs in a browser and in Node alike, and knows neither.
 */
import { badUrls, outcome, watch } from './look.mjs';

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
  const found = Object.getOwnPropertyDescriptor(object, name);
  return Object.entries(found).map(([key, part]) => [
    key,
    typeof part === 'boolean' ? part : typeof part,
  ]);
};

export const interfaces = {
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
};
