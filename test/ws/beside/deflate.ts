/** permessage-deflate: what is offered, what is taken, what is compressed, and what a peer may do wrong. */
import { once } from 'node:events';
import { constants, deflateRawSync } from 'node:zlib';
import type * as ws from 'ws';
import {
  closed,
  headOf,
  type Library,
  type Peer,
  type Scenario,
  type Stage,
  urlOf,
} from './bench.ts';

type Deflate = Exclude<ws.ServerOptions['perMessageDeflate'], undefined>;
interface Meeting {
  readonly socket: ws.WebSocket;
  readonly peer: Peer;
}
const roles = ['server', 'client'] as const;
type Role = (typeof roles)[number];

const whole = 'permessage-deflate';
/** Whoever sends keeps no window. */
const alone: Readonly<Record<Role, string>> = {
  server: 'permessage-deflate; server_no_context_takeover',
  client: 'permessage-deflate; client_no_context_takeover',
};

/** A raw peer that says `field`. */
async function meet(
  lib: Library,
  stage: Stage,
  role: Role,
  { options = {}, field = whole }: { options?: ws.ServerOptions; field?: string } = {},
): Promise<Meeting> {
  const given = { perMessageDeflate: true, ...options };
  const fields = { 'Sec-WebSocket-Extensions': field };
  return role === 'server'
    ? stage.serverAndPeer(lib, given, undefined, headOf(fields))
    : stage.clientAndPeer(lib, given as ws.ClientOptions, undefined, fields);
}

function deflated(text: string, before?: string): Buffer {
  const dictionary = before === undefined ? {} : { dictionary: Buffer.from(before) };
  const options = { finishFlush: constants.Z_SYNC_FLUSH, ...dictionary };
  return deflateRawSync(text, options).subarray(0, -4);
}

const line = 'The quick brown fox jumps over the lazy dog. ';
const prose = line.repeat(40);

/** With what each says of its callbacks. */
function sendAll(
  { socket }: Meeting,
  stage: Stage,
  messages: readonly (readonly [name: string, data: string | Buffer, options?: object])[],
): Promise<unknown> {
  const sent = messages.map(
    ([name, data, options = {}]) =>
      new Promise<void>((resolve) => {
        socket.send(data, options, (error) => {
          stage.note('callback', name, error);
          resolve();
        });
      }),
  );
  return Promise.all(sent);
}

const cases: Readonly<Record<string, (lib: Library, stage: Stage, role: Role) => unknown>> = {
  'says which extension is agreed': async (lib, stage, role) => {
    const { socket } = await meet(lib, stage, role);
    stage.note('socket', socket.extensions);
  },
  'compresses from the threshold on, where each message stands alone': async (lib, stage, role) => {
    const met = await meet(lib, stage, role, { field: alone[role] });
    await sendAll(met, stage, [
      ['1023', prose.slice(0, 1023)],
      ['1024', prose.slice(0, 1024)],
      ['bytes', Buffer.from(prose)],
    ]);
    await met.peer.got(3);
  },
  'has a threshold of its own': async (lib, stage, role) => {
    const options = { perMessageDeflate: { threshold: 100 } };
    const met = await meet(lib, stage, role, { options, field: alone[role] });
    await sendAll(met, stage, [
      ['99', prose.slice(0, 99)],
      ['100', prose.slice(0, 100)],
    ]);
    await met.peer.got(2);
  },
  'compresses small messages too, where they may refer back': async (lib, stage, role) => {
    const met = await meet(lib, stage, role);
    await sendAll(met, stage, [
      ['first', line + line],
      ['again', line + line],
    ]);
    await met.peer.got(2);
  },
  'does not compress when the program says so': async (lib, stage, role) => {
    const met = await meet(lib, stage, role);
    await sendAll(met, stage, [
      ['as it is', prose, { compress: false }],
      ['compressed', prose, { compress: true }],
    ]);
    await met.peer.got(2);
  },
  'calls back in order, whatever takes longer': async (lib, stage, role) => {
    const met = await meet(lib, stage, role);
    await sendAll(met, stage, [
      ['large', prose.repeat(500)],
      ['small', line + line],
      ['larger', Buffer.alloc(2_000_000, prose)],
      ['plain', 'x', { compress: false }],
    ]);
    await met.peer.got(4);
  },
  'sends in fragments with compression': async (lib, stage, role) => {
    const met = await meet(lib, stage, role);
    await sendAll(met, stage, [
      ['first', line, { fin: false }],
      ['last', line, { fin: true }],
    ]);
    await met.peer.got(2);
  },
  'sends what does not get smaller': async (lib, stage, role) => {
    const met = await meet(lib, stage, role);
    await sendAll(met, stage, [['x', 'x']]);
    await met.peer.got(1);
  },
  'hears what is compressed, whole and in fragments': async (lib, stage, role) => {
    const { socket, peer } = await meet(lib, stage, role);
    const first = deflated(prose);
    peer.write({ first: 0xc1, payload: first });
    peer.write({ first: 0xc2, payload: deflated(prose, prose) }, { payload: 'plain' });
    const parts = deflated(line.repeat(3));
    peer.write(
      { first: 0x41, payload: parts.subarray(0, 5) },
      { first: 0x89, payload: 'between' },
      { first: 0x80, payload: parts.subarray(5) },
    );
    while ((stage.lines.get('socket') ?? []).filter((it) => it.startsWith('message')).length < 4) {
      await once(socket, 'message');
    }
    await peer.got(1);
  },
  'is sent more than it takes, when it is inflated': async (lib, stage, role) => {
    const { socket, peer } = await meet(lib, stage, role, { options: { maxPayload: 1000 } });
    peer.write({ first: 0xc1, payload: deflated('a'.repeat(1000)) });
    peer.write({ first: 0xc1, payload: deflated('a'.repeat(1001)) });
    await Promise.all([peer.ended, closed(socket)]);
  },
  'is sent what is no DEFLATE': async (lib, stage, role) => {
    const { socket, peer } = await meet(lib, stage, role);
    peer.write({ first: 0xc1, payload: Buffer.alloc(20, 0xff) });
    await Promise.all([peer.ended, closed(socket)]);
  },
  'is sent compressed text that is no UTF-8': async (lib, stage, role) => {
    const { socket, peer } = await meet(lib, stage, role);
    const payload = deflateRawSync(Buffer.from([0xff]), { finishFlush: constants.Z_SYNC_FLUSH });
    peer.write({ first: 0xc1, payload: payload.subarray(0, -4) });
    await Promise.all([peer.ended, closed(socket)]);
  },
  'is sent a compressed ping': async (lib, stage, role) => {
    const { socket, peer } = await meet(lib, stage, role);
    peer.write({ first: 0xc9, payload: deflated('a') });
    await Promise.all([peer.ended, closed(socket)]);
  },
  'is sent RSV1 in a later fragment': async (lib, stage, role) => {
    const { socket, peer } = await meet(lib, stage, role);
    peer.write({ first: 0x01, payload: 'a' }, { first: 0xc0, payload: deflated('a') });
    await Promise.all([peer.ended, closed(socket)]);
  },
};

function offers(what: string, deflate: Deflate): Scenario {
  return {
    title: `a client offers compression ${what}`,
    async run(lib, stage) {
      const { url, next, server } = await stage.rawServer();
      server.on('upgrade', (request) => {
        stage.note('server', request.headers['sec-websocket-extensions']);
      });
      stage.watch('socket', new lib.WebSocket(url, { perMessageDeflate: deflate }));
      await next;
    },
  };
}

function answered(field: string): Scenario {
  return {
    title: `a client offers compression and is answered “${field}”`,
    async run(lib, stage) {
      const { socket } = await stage.clientAndPeer(
        lib,
        { perMessageDeflate: { clientMaxWindowBits: 10 } },
        () => undefined,
        { 'Sec-WebSocket-Extensions': field },
      );
      stage.note('socket', socket.extensions);
    },
  };
}

function refused(field: string): Scenario {
  return {
    title: `a client offers compression and refuses the answer “${field}”`,
    async run(lib, stage) {
      const fields = { 'Sec-WebSocket-Extensions': field };
      const over = new Promise<void>((resolve) => {
        const listen = (socket: ws.WebSocket): void => void socket.once('close', () => resolve());
        const options = { perMessageDeflate: { clientMaxWindowBits: 10 } };
        stage.clientAndPeer(lib, options, listen, fields).catch(() => undefined);
      });
      await over;
    },
  };
}

function together(what: string, deflate: Deflate): Scenario {
  return {
    title: `a server and a client compress ${what}`,
    async run(lib, stage) {
      const server = await stage.serve(lib, { perMessageDeflate: deflate });
      server.on('connection', (socket, request) => {
        stage.note('server', socket.extensions, request.headers['sec-websocket-extensions']);
        socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
      });
      const client = stage.watch('client', new lib.WebSocket(urlOf(server)));
      client.on('upgrade', ({ headers }) => {
        stage.note('client', headers['sec-websocket-extensions']);
      });
      await once(client, 'open');
      for (const data of [prose, Buffer.from(prose), 'x', prose.repeat(100), prose]) {
        client.send(data);
        await once(client, 'message');
      }
      client.close(1000);
      await closed(client);
    },
  };
}

const mixtures: Readonly<Record<string, Deflate>> = {
  'as they do by default': true,
  'without takeover of the server': { serverNoContextTakeover: true },
  'without takeover of the client': { clientNoContextTakeover: true },
  'with a small window of the server': { serverMaxWindowBits: 9 },
  'with a small window of the client': { clientMaxWindowBits: 9 },
  'with everything at once': {
    serverNoContextTakeover: true,
    clientNoContextTakeover: true,
    serverMaxWindowBits: 10,
    clientMaxWindowBits: 11,
    threshold: 10,
    zlibDeflateOptions: { level: 1, memLevel: 4, chunkSize: 1024 },
    zlibInflateOptions: { chunkSize: 1024 },
    concurrencyLimit: 2,
  },
};

export const deflateScenarios: readonly Scenario[] = [
  ...roles.flatMap((role) =>
    Object.entries(cases).map(([title, run]) => ({
      title: `${role}: ${title}`,
      run: async (lib: Library, stage: Stage) => run(lib, stage, role),
    })),
  ),
  ...Object.entries(mixtures).flatMap(([what, deflate]) => [
    offers(what, deflate),
    together(what, deflate),
  ]),
  answered(whole),
  answered('permessage-deflate; client_max_window_bits=9; server_no_context_takeover'),
  refused('permessage-deflate; client_max_window_bits=11'),
  refused('permessage-deflate; server_max_window_bits=16'),
  refused('permessage-deflate, other'),
  refused('other'),
  refused('permessage-deflate;'),
];
