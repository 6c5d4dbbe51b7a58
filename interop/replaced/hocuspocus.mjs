/** Hocuspocus: two providers and their server; what each writes into a Yjs document, the other has. */
import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider';
import { Server } from '@hocuspocus/server';
import WebSocket from 'ws';

const server = Server.configure({ address: '127.0.0.1', port: 0, quiet: true });
await server.listen();
const url = `ws://127.0.0.1:${server.address.port}`;

async function join() {
  const socket = new HocuspocusProviderWebsocket({ url, WebSocketPolyfill: WebSocket });
  const provider = new HocuspocusProvider({ websocketProvider: socket, name: 'page' });
  provider.attach?.();
  await new Promise((resolve) => provider.on('synced', resolve));
  return { socket, provider, list: provider.document.getArray('list') };
}

const [one, two] = await Promise.all([join(), join()]);
const whole = Promise.all(
  [one, two].map(
    ({ list }) =>
      new Promise((resolve) => {
        list.observe(() => (list.length === 200 ? resolve() : undefined));
      }),
  ),
);
for (let at = 0; at < 100; at += 1) {
  one.list.push([`one ${at}`]);
  two.list.insert(0, [`two ${at}`]);
}
await whole;
console.log(String(one.list.toArray()) === String(two.list.toArray()), one.list.length);
for (const { provider, socket } of [one, two]) {
  provider.destroy();
  socket.destroy();
}
await server.destroy();
