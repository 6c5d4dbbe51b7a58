/** What a program does with an open websocket. */
import { once } from 'node:events';
import { closed, closeFrame, type Library, type Scenario, type Stage } from './bench.ts';

type Meeting = Awaited<ReturnType<Stage['clientAndPeer']>>;

const cases: Readonly<Record<string, (meeting: Meeting, stage: Stage) => unknown>> = {
  'sends text, bytes, numbers, views, and nothing': ({ socket, peer }) => {
    for (const data of [
      'text €',
      Buffer.from('buffer'),
      42,
      0,
      new Uint8Array([97, 98]),
      new Uint16Array([0x6161, 0x6262]),
      new DataView(new Uint8Array([118, 105, 101, 119]).buffer, 0, 2),
      new Uint8Array([99]).buffer,
      [100, 101],
      '',
      null,
      undefined,
      false,
    ]) {
      socket.send(data as string);
    }
    return peer.got(13);
  },
  'sends with binary true and false': ({ socket, peer }) => {
    socket.send('as bytes', { binary: true });
    socket.send(Buffer.from('as text'), { binary: false });
    return peer.got(2);
  },
  'sends in fragments': ({ socket, peer }) => {
    socket.send('a', { fin: false });
    socket.ping('between');
    socket.send('b', { fin: false });
    socket.send(Buffer.from('c'), { fin: true });
    socket.send('d');
    return peer.got(5);
  },
  'sends a Blob, and what comes after it stays behind it': async ({ socket, peer }, stage) => {
    await new Promise<void>((resolve) => {
      socket.send(new Blob(['blob']), (error) => stage.note('callback', 'blob', error));
      stage.note('callback', 'buffered', socket.bufferedAmount);
      socket.send('after', (error) => stage.note('callback', 'after', error));
      socket.ping('ping', undefined, (error) => {
        stage.note('callback', 'ping', error);
        resolve();
      });
    });
    await peer.got(3);
  },
  'closes behind a Blob': async ({ socket, peer }, stage) => {
    socket.send(new Blob(['blob']));
    socket.close(1000, 'done');
    stage.note('socket', socket.readyState);
    await peer.got(2);
    peer.write(closeFrame(1000));
    await closed(socket);
  },
  'refuses what is no data': ({ socket }, stage) => {
    for (const data of [true, {}, Symbol('no')]) {
      try {
        socket.send(data as unknown as string);
        stage.note('socket', 'sent');
      } catch (error) {
        stage.note('socket', (error as Error).name);
      }
    }
  },
  'calls back in order': async ({ socket }, stage) => {
    await new Promise<void>((resolve) => {
      socket.send('a', (error) => stage.note('callback', 'a', error));
      socket.ping('b', false, (error) => stage.note('callback', 'b', error));
      socket.send('c'.repeat(100_000), {}, (error) => stage.note('callback', 'c', error));
      socket.pong('d', undefined, (error) => {
        stage.note('callback', 'd', error);
        resolve();
      });
    });
  },
  'takes a callback in place of the data of ping and pong': async ({ socket, peer }, stage) => {
    await new Promise<void>((resolve) => {
      socket.ping((error: unknown) => stage.note('callback', 'ping', error));
      socket.pong(12, ((error: unknown) => {
        stage.note('callback', 'pong', error);
        resolve();
      }) as unknown as boolean);
    });
    await peer.got(2);
  },
  'refuses pings of 126 bytes': ({ socket, peer }, stage) => {
    stage.try('socket', () => socket.ping('a'.repeat(126)));
    stage.try('socket', () => socket.pong(Buffer.alloc(126)));
    stage.try('socket', () => socket.ping(Buffer.alloc(125)));
    return peer.got(1);
  },
  'has nothing buffered when the system took it': ({ socket }, stage) => {
    socket.send('small');
    stage.note('socket', socket.bufferedAmount);
  },
  'keeps what was sent before terminate': async ({ socket, peer }, stage) => {
    socket.send('last words');
    socket.terminate();
    stage.note('socket', socket.readyState);
    await Promise.all([closed(socket), peer.ended]);
  },
  'may reuse a large buffer once it is sent': async ({ socket, peer }) => {
    const buffer = Buffer.alloc(20_000, 'a');
    socket.send(buffer);
    buffer.fill('b');
    socket.send(buffer);
    const frames = await peer.got(2);
    if (frames[0]!.payload[0] !== 97) {
      throw new Error('overwritten');
    }
  },
  'closes without a code': async ({ socket, peer }) => {
    socket.close();
    await peer.got(1);
    peer.write(closeFrame());
    await closed(socket);
  },
  'closes with a code and a reason, and is told the answer': async ({ socket, peer }, stage) => {
    socket.close(3000, 'why €');
    stage.note('socket', socket.readyState);
    const [frame] = await peer.got(1);
    stage.note('peer', frame!.payload.subarray(2));
    peer.write({ payload: 'still told' }, closeFrame(3001, 'because'));
    await closed(socket);
  },
  'closes with a reason of bytes': async ({ socket, peer }, stage) => {
    socket.close(1000, Buffer.from('bytes'));
    stage.note('peer', (await peer.got(1))[0]!.payload.subarray(2));
  },
  'refuses codes that may not travel and reasons that are too long': ({ socket }, stage) => {
    const close = socket.close.bind(socket) as (code?: unknown, reason?: unknown) => void;
    for (const code of [0, 999, 1004, 1005, 1006, 1015, 2999, 5000, '1000', null]) {
      stage.try('socket', () => close(code));
    }
    stage.try('socket', () => close(1000, 'a'.repeat(124)));
    stage.try('socket', () => close(1000, '€'.repeat(42)));
    stage.note('socket', socket.readyState);
  },
  'may close twice': async ({ socket, peer }) => {
    socket.close(1000, 'once');
    socket.close(1001, 'twice');
    await peer.got(1);
    peer.write(closeFrame(1000));
    await closed(socket);
    socket.close();
    socket.terminate();
  },
  'counts and refuses what is sent too late': async ({ socket, peer }, stage) => {
    socket.close();
    const told = new Promise<void>((resolve) => {
      socket.send('late', (error) => stage.note('callback', error));
      socket.ping('abc', undefined, (error) => stage.note('callback', error));
      socket.send(Buffer.alloc(10), (error) => {
        stage.note('callback', error);
        resolve();
      });
    });
    socket.send('nobody is told');
    await told;
    await peer.got(1);
    peer.write(closeFrame());
    await closed(socket);
    stage.note('socket', socket.bufferedAmount);
    await new Promise<void>((resolve) => {
      socket.send('later', (error) => {
        stage.note('callback', error);
        resolve();
      });
    });
    stage.note('socket', socket.bufferedAmount);
  },
  'is cut when the peer does not answer its Close in time': async ({ socket, peer }) => {
    socket.close(1000);
    await Promise.all([closed(socket), peer.ended]);
  },
  'terminates in the handler of an error, and the peer was told why': async ({ socket, peer }) => {
    socket.on('error', () => socket.terminate());
    peer.write({ first: 0x83 });
    await Promise.all([closed(socket), peer.ended]);
  },
  'pauses and resumes': async ({ socket, peer }, stage) => {
    stage.note('socket', socket.isPaused);
    socket.pause();
    stage.note('socket', socket.isPaused);
    peer.write({ payload: 'one' }, { first: 0x89, payload: 'two' });
    // An answer to us shows that what was written before has arrived, or would have been.
    await new Promise((resolve) => setImmediate(resolve));
    socket.resume();
    stage.note('socket', 'resumed', socket.isPaused);
    await once(socket, 'ping');
    peer.write(closeFrame(1000));
    await closed(socket);
    socket.pause();
    stage.note('socket', socket.isPaused);
  },
  'pauses in a handler': async ({ socket, peer }, stage) => {
    socket.on('message', () => {
      if (!socket.isPaused) {
        socket.pause();
        setImmediate(() => {
          stage.note('socket', 'resumes');
          socket.resume();
        });
      }
    });
    peer.write({ payload: '1' }, { payload: '2' }, closeFrame(1000));
    await closed(socket);
  },
  'terminates in a handler': async ({ socket, peer }) => {
    socket.on('message', () => socket.terminate());
    peer.write({ payload: '1' }, { payload: '2' });
    await Promise.all([closed(socket), peer.ended]);
  },
  'closes in a handler': async ({ socket, peer }) => {
    socket.once('message', () => socket.close(4000, 'enough'));
    peer.write({ payload: '1' }, { payload: '2' }, closeFrame(4000));
    await Promise.all([closed(socket), peer.ended]);
  },
};

export const talkingScenarios: readonly Scenario[] = (['server', 'client'] as const).flatMap(
  (role) =>
    Object.entries(cases).map(
      ([what, run]): Scenario => ({
        title: `${role}: ${what}`,
        async run(lib: Library, stage: Stage) {
          const options = { closeTimeout: 50 };
          const meeting =
            role === 'server'
              ? await stage.serverAndPeer(lib, options as object)
              : await stage.clientAndPeer(lib, options as object);
          await run(meeting, stage);
        },
      }),
    ),
);
