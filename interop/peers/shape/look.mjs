/**
 * How a page looks at what it did: events, outcomes and promises, as plain data.
 */

/** All events until the last, with the state at each. `act` is called when it is made. */
export function watch(WebSocket, url, act = () => {}, protocols = []) {
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

export function kind(data) {
  return typeof data === 'string' ? data : Object.prototype.toString.call(data);
}

export function outcome(act) {
  try {
    return ['gives', String(act())];
  } catch (error) {
    return ['throws', error.constructor.name, error.name];
  }
}

export async function settled(promise) {
  try {
    const value = await promise;
    return ['resolves', value === null ? undefined : value];
  } catch (error) {
    return ['rejects', error.constructor.name, error.name, error.closeCode, error.reason];
  }
}

export function whenOpen(WebSocket, url) {
  return new Promise((resolve) => {
    const websocket = new WebSocket(url);
    websocket.onopen = () => resolve(websocket);
  });
}

export async function openStream(WebSocketStream, url, options) {
  const stream = new WebSocketStream(url, options);
  return { stream, ...(await stream.opened) };
}

export const badUrls = [
  'ws://',
  'ws://[a/',
  'mailto:a@b.test',
  'ftp://a.test/',
  'ws://a.test/#',
  'ws://a.test/#x',
];
