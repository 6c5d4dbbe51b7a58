/**
 * Plain requests of every make, ten thousand of each method: all are answered, in time, and nothing is left of them.
 */
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { memory } from '../../src/brokers/memory.ts';
import { createEndpoint, systemClock } from '../../src/endpoint/index.ts';
import { eventSource } from '../../src/gateways/event-source.ts';
import { native } from '../../src/gateways/native.ts';
import { createHub } from '../../src/hub/index.ts';
import { eventSourceTransport } from '../../src/transports/event-source.ts';
import { type HttpTransport, httpTransport } from '../../src/transports/http-transport.ts';
import { jsonSubprotocol } from '../../src/wire/index.ts';

const perMethod = 10_000;
/** Nothing may be open for longer, in milliseconds. */
const answeredWithinMs = 5_000;
/** Requests that are sent behind each other on one connection, at once; and connections. */
const inRow = 10;
const abreast = 20;

interface Office {
  readonly server: Server;
  readonly roads: HttpTransport;
  readonly port: number;
}

/** Roads and streams of events on a server of an application, which answers the rest with 404. */
async function open(): Promise<Office> {
  const server = createServer((_request, response) => {
    response.writeHead(404).end();
  });
  const endpoint = createEndpoint();
  const policy = { connect: () => 'ann', subscribe: () => false };
  const hub = createHub({ policy, broker: memory(), clock: systemClock });
  const limits = { pollMs: 2, relayWithinMs: 2, bodyWithinMs: 500, idleMs: 2_000, lingerMs: 500 };
  const roads = httpTransport({ endpoint, path: '/', gateways: [native()], hub, ...limits });
  eventSourceTransport({ endpoint, path: '/events', gateway: eventSource(), hub });
  endpoint.attach(server);
  await hub.start();
  await roads.start();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    roads.stop();
    await hub.stop({ withinMs: 0 });
    await endpoint.close({ withinMs: 0 });
    server.closeAllConnections();
    server.close();
  });
  return { server, roads, port: (server.address() as AddressInfo).port };
}

function connections(server: Server): Promise<number> {
  return new Promise((resolve) => server.getConnections((_error, count) => resolve(count)));
}

type Make = (method: string, turn: number, here: string) => string;

/** Every way to make a request, by a number: each of the 9,000 below it is another. `here` is a road. */
async function makes(port: number): Promise<Make> {
  const gone = await openRoad(port);
  await talk(port, [`DELETE / HTTP/1.1\r\nHost: a\r\nTautline-Road: ${gone}\r\n\r\n`]);
  const offer = `\r\nTautline-Subprotocols: ${jsonSubprotocol}`;
  const other = `other.${'x'.repeat(24)}`;
  const roads = ['', 'new', `new${offer}`, 'probe', 'HERE', gone, other, 'x', '\u00ff', 'HERE, x'];
  const lines = roads.map((road) => (road === '' ? '' : `Tautline-Road: ${road}\r\n`));
  const told = ['', '0', '1', '99999999', '-1', 'x'].map((number) =>
    number === '' ? '' : `Tautline-Acknowledge: ${number}\r\n`,
  );
  const types = [
    '',
    'application/json',
    'application/json; charset=x',
    'text/plain',
    'application/octet-stream',
  ].map((type) => (type === '' ? '' : `Content-Type: ${type}\r\n`));
  const downs = ['', 'Tautline-Down: now\r\n', 'Tautline-Down: poll\r\n'];
  const hello = JSON.stringify([1, '{"type":"hello","version":1,"capabilities":[]}']);
  const bodies = ['', hello, '[1,"a"]', '[9,"a"]', '[', '[[', '{}', 'null', '\n\n', '\u00ff\u00fe'];
  return (method, turn, here) => {
    let rest = turn;
    const pick = (column: readonly string[]): string => {
      const one = column[rest % column.length]!;
      rest = Math.floor(rest / column.length);
      return one;
    };
    const body = pick(bodies);
    const fields = (pick(lines) + pick(told) + pick(types) + pick(downs)).replace('HERE', here);
    const preflight =
      method === 'OPTIONS' && turn % 2 === 0
        ? 'Access-Control-Request-Headers: tautline-road\r\n'
        : '';
    const path = turn % 17 === 0 ? '/events?channel=a' : '/';
    return `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: ${body.length}\r\n${preflight}${fields}\r\n${body}`;
  };
}

async function openRoad(port: number): Promise<string> {
  const [answer] = await talk(port, [
    `POST / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nTautline-Road: new\r\nTautline-Subprotocols: ${jsonSubprotocol}\r\n\r\n`,
  ]);
  return /"road":"([^"]+)"/.exec(answer!)![1]!;
}

/** Sends all at once on one connection, and gives an answer for each. Rejects when one does not come in time. */
function talk(port: number, requests: readonly string[]): Promise<string[]> {
  const socket = connect(port, '127.0.0.1');
  const answers: string[] = [];
  let heard = '';
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`not answered in time: ${requests[answers.length]}`));
    }, answeredWithinMs);
    const settle = (): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answers);
    };
    socket.on('error', () => undefined);
    socket.on('close', settle);
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1');
      for (;;) {
        const isHead = requests[answers.length]!.startsWith('HEAD');
        const length = lengthOf(heard, isHead);
        if (length === undefined || heard.length < length) {
          return;
        }
        answers.push(heard.slice(0, length));
        heard = heard.slice(length);
        if (answers.length === requests.length) {
          settle();
          return;
        }
      }
    });
    socket.write(Buffer.from(requests.join(''), 'latin1'));
  });
}

/** Of the first answer in `heard`; undefined before its head is there. */
function lengthOf(heard: string, isHead: boolean): number | undefined {
  const end = heard.indexOf('\r\n\r\n');
  if (end < 0) {
    return undefined;
  }
  const head = heard.slice(0, end);
  const isChunked = /^transfer-encoding: chunked$/im.test(head);
  const body = isChunked ? heard.indexOf('0\r\n\r\n', end) : -1;
  if (isChunked && !isHead) {
    return body < 0 ? undefined : body + 5;
  }
  const length = /^content-length: (\d+)$/im.exec(head)?.[1] ?? '0';
  return end + 4 + (isHead ? 0 : Number(length));
}

describe('A6: requests of every make', () => {
  it.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'])(
    'A6: ten thousand by %s are answered within 5 s, and leave no connection behind',
    async (method) => {
      const { server, roads, port } = await open();
      const make = await makes(port);
      const statuses = new Map<string, number>();
      let turn = 0;
      let here = openRoad(port);
      const ask = async (): Promise<void> => {
        while (turn < perMethod) {
          const from = turn;
          turn += inRow;
          here = from % 50 === 0 ? openRoad(port) : here;
          const road = await here;
          const requests = Array.from({ length: inRow }, (_, i) => make(method, from + i, road));
          const answers = await talk(port, requests);
          expect(answers.length, requests[answers.length]).toBe(inRow);
          for (const answer of answers) {
            const status = answer.slice(9, 12);
            statuses.set(status, (statuses.get(status) ?? 0) + 1);
          }
        }
      };
      await Promise.all(Array.from({ length: abreast }, ask));
      expect([...statuses.keys()].filter((status) => !/^[24]\d\d$|^503$/.test(status))).toEqual([]);
      expect([...statuses.values()].reduce((sum, count) => sum + count)).toBe(perMethod);
      await expect.poll(() => connections(server), { timeout: answeredWithinMs }).toBe(0);
      await expect.poll(() => roads.count, { timeout: answeredWithinMs }).toBe(0);
    },
  );

  it('A6: bodies that never come, streams that nobody reads, and peers that go leave nothing', async () => {
    const { server, roads, port } = await open();
    const ends = `Host: 127.0.0.1:${port}\r\nContent-Type: application/json\r\nTautline-Acknowledge: 0\r\n`;
    const open200 = async (fields: (road: string) => string): Promise<Socket[]> => {
      const sockets: Socket[] = [];
      for (let count = 0; count < 200; count += 1) {
        const socket = connect(port, '127.0.0.1');
        socket.on('error', () => undefined);
        socket.write(fields(await openRoad(port)));
        sockets.push(socket);
      }
      return sockets;
    };
    const never = await open200(
      (road) => `POST / HTTP/1.1\r\n${ends}Tautline-Road: ${road}\r\nContent-Length: 7\r\n\r\n[`,
    );
    const endless = await open200(
      (road) =>
        `POST / HTTP/1.1\r\n${ends}Tautline-Road: ${road}\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n[\r\n`,
    );
    const slow = [...never, ...endless].map((socket) => {
      socket.resume();
      return new Promise((resolve) => socket.once('close', resolve));
    });
    const unread = await open200(
      (road) => `GET / HTTP/1.1\r\n${ends}Tautline-Road: ${road}\r\nTautline-Down: stream\r\n\r\n`,
    );
    await Promise.all(slow);
    for (const socket of unread) {
      socket.resetAndDestroy();
    }
    await expect.poll(() => connections(server), { timeout: answeredWithinMs }).toBe(0);
    await expect.poll(() => roads.count, { timeout: answeredWithinMs }).toBe(0);
  });
});
