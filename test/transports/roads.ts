/**
 * What tests of roads need: a hub of which only the post is real, a gateway that writes down and answers, and requests by hand.
 */
import { onTestFinished } from 'vitest';
import { createEndpoint, type Endpoint } from '../../src/endpoint/index.ts';
import { Shared } from '../../src/ground/shared.ts';
import type { FrontDesk, Gateway, Payload, Pipe, Post } from '../../src/ports/index.ts';
import {
  type HttpTransport,
  type HttpTransportOptions,
  httpTransport,
} from '../../src/transports/http-transport.ts';

/** A bus in this process: what is sent is JSON on its way, and may be lost. */
export class Bus {
  readonly sent: { readonly topic: string; readonly message: unknown }[] = [];
  loses: (message: { readonly type: string }) => boolean = () => false;
  private readonly followers = new Map<string, Set<(message: unknown) => void>>();

  post(node: string): Post {
    return {
      node,
      follow: async (topic, hear) => {
        const hearing = this.followers.get(topic) ?? new Set();
        this.followers.set(topic, hearing.add(hear));
        return () => void hearing.delete(hear);
      },
      send: async (topic, message) => {
        this.sent.push({ topic, message });
        if (!this.loses(message as { type: string })) {
          const copy = JSON.stringify(message);
          for (const hear of this.followers.get(topic) ?? []) {
            queueMicrotask(() => hear(JSON.parse(copy)));
          }
        }
      },
    };
  }
}

export function deskAt(post: Post): FrontDesk {
  return {
    post,
    open() {
      throw new Error('these gateways have no use for it');
    },
  };
}

/** Keeps the pipes, and all that they tell. */
export class Clerk {
  readonly pipes: Pipe[] = [];
  readonly told: unknown[] = [];
  /** What is done with each message. */
  answer: (pipe: Pipe, payload: Payload) => void = () => undefined;

  gateway(subprotocol = 'test'): Gateway {
    return {
      subprotocol,
      open: (pipe) => {
        this.pipes.push(pipe);
        return {
          received: (payload) => {
            this.told.push(payload);
            this.answer(pipe, payload);
          },
          closed: () => void this.told.push('closed'),
        };
      },
    };
  }
}

export function say(pipe: Pipe, payload: Payload): void {
  pipe.send(new Shared<Payload>(payload));
}

/** An answer for a clerk: texts come back with a word before them, bytes as they are. */
export function echo(pipe: Pipe, payload: Payload): void {
  say(pipe, typeof payload === 'string' ? `re ${payload}` : payload);
}

export interface Served {
  readonly url: string;
  readonly port: number;
  readonly clerk: Clerk;
  readonly transport: HttpTransport;
  readonly endpoint: Endpoint;
}

/** One node that serves roads on a port of its own. */
export async function serve(
  options: Partial<HttpTransportOptions> = {},
  { bus = new Bus(), node = 'node1' }: { readonly bus?: Bus; readonly node?: string } = {},
): Promise<Served> {
  const endpoint = options.endpoint ?? createEndpoint();
  const clerk = new Clerk();
  const transport = httpTransport({
    endpoint,
    path: '/live',
    gateways: [clerk.gateway()],
    hub: deskAt(bus.post(node)),
    ...options,
  });
  await transport.start();
  const { port } = await endpoint.listen({ port: 0, host: '127.0.0.1' });
  onTestFinished(async () => {
    transport.stop();
    await endpoint.close({ withinMs: 0 });
  });
  return { url: `http://127.0.0.1:${port}/live`, port, clerk, transport, endpoint };
}

export type Fields = Readonly<Record<string, string>>;

/** The id of a new road. */
export async function openRoad(url: string, fields: Fields = {}): Promise<string> {
  const headers = { 'Tautline-Road': 'new', 'Tautline-Subprotocols': 'test', ...fields };
  const response = await fetch(url, { method: 'POST', headers });
  const { road } = (await response.json()) as { road: string };
  return road;
}

export function down(
  url: string,
  road: string,
  acknowledged = 0,
  fields: Fields = {},
): Promise<Response> {
  const headers = {
    'Tautline-Road': road,
    'Tautline-Acknowledge': String(acknowledged),
    ...fields,
  };
  return fetch(url, { headers });
}

export function up(
  url: string,
  road: string,
  batch: unknown,
  fields: Fields = {},
): Promise<Response> {
  const headers = {
    'Content-Type': 'application/json',
    'Tautline-Road': road,
    'Tautline-Acknowledge': '0',
    ...fields,
  };
  const body = typeof batch === 'string' ? batch : JSON.stringify(batch);
  return fetch(url, { method: 'POST', headers, body });
}

export async function codeOf(response: Response): Promise<[status: number, code: unknown]> {
  const text = await response.text();
  return [
    response.status,
    text.startsWith('{') ? (JSON.parse(text) as { code: unknown }).code : text,
  ];
}
