/** The listeners of the web. */
import { closed, closeFrame, type Scenario } from './bench.ts';

export const webScenarios: readonly Scenario[] = [
  {
    title: 'onopen, onmessage, onerror and onclose',
    async run(lib, stage) {
      const { url, next } = await stage.rawServer();
      const socket = new lib.WebSocket(url, { perMessageDeflate: false });
      stage.after(() => socket.terminate());
      socket.onopen = ({ type, target }) => stage.note('on', type, target === socket);
      socket.onmessage = ({ type, data }) => stage.note('on', type, typeof data, data);
      socket.onerror = ({ type, error, message }) => stage.note('on', type, error, message);
      socket.onclose = ({ type, code, reason, wasClean }) =>
        stage.note('on', type, code, reason, wasClean);
      const peer = await next;
      peer.write({ payload: 'text' }, { first: 0x82, payload: 'bytes' }, { first: 0x83 });
      await closed(socket);
    },
  },
  {
    title: 'a close event says that it was clean',
    async run(lib, stage) {
      const { socket, peer } = await stage.clientAndPeer(lib);
      socket.addEventListener('close', ({ code, reason, wasClean }) =>
        stage.note('on', code, reason, wasClean),
      );
      peer.write(closeFrame(3000, 'goodbye'));
      await closed(socket);
    },
  },
  {
    title: 'on… is set anew, read, and taken away',
    async run(lib, stage) {
      const { socket, peer } = await stage.clientAndPeer(lib);
      const first = (): void => stage.note('on', 'first');
      const second = (): void => stage.note('on', 'second');
      socket.onmessage = first;
      stage.note('on', socket.onmessage === first, socket.listenerCount('message'));
      socket.onmessage = second;
      stage.note('on', socket.onmessage === second, socket.listenerCount('message'));
      socket.addEventListener('message', second);
      stage.note('on', socket.listenerCount('message'));
      socket.removeEventListener('message', second);
      stage.note('on', socket.listenerCount('message'));
      peer.write({ payload: 'a' });
      await new Promise((resolve) => socket.once('message', resolve));
      socket.onmessage = null;
      stage.note('on', socket.onmessage, socket.listenerCount('message'));
    },
  },
  {
    title: 'addEventListener: once, twice the same, objects, and names that are no event',
    async run(lib, stage) {
      const { socket, peer } = await stage.clientAndPeer(lib);
      const listener = ({ data }: { data: unknown }): void => stage.note('on', data);
      socket.addEventListener('message', listener, { once: true });
      socket.addEventListener('message', listener);
      stage.note('on', socket.listenerCount('message'));
      const object = {
        handleEvent(this: unknown, event: { type: string }) {
          stage.note('on', 'object', this === object, event.type);
        },
      };
      socket.addEventListener('message', object);
      socket.addEventListener('ping' as 'message', listener);
      stage.note('on', socket.listenerCount('ping'));
      peer.write({ payload: '1' }, { payload: '2' }, closeFrame(1000));
      await closed(socket);
      socket.removeEventListener('message', object);
      socket.removeEventListener('message', listener);
      stage.note('on', socket.listenerCount('message'));
    },
  },
];
