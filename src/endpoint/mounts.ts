/**
 * What an endpoint offers, and where: each path with its own options and its own handler.
 * In: paths and options. Out: the mount for a path. Fails: misuse throws.
 */
import { type Refusal, UsageError } from '../protocol/index.ts';
import type { Hosts } from './hosts.ts';
import { type WebsocketOptions, type WebsocketSettings, websocketOptions } from './options.ts';
import type { Origins } from './origins.ts';
import type { WebsocketRequest } from './request.ts';
import type { Websocket } from './websocket.ts';

type Answer<Value> = Value | Promise<Value>;

/** Who may connect at one path, and what its websockets keep to. */
export interface MountOptions extends WebsocketOptions {
  /** Which pages may connect. @default 'same' */
  readonly origins?: Origins;
  /** By which names the server may be asked for. @default 'safe' */
  readonly hosts?: Hosts;
  /** Subprotocols spoken here, best first: the first that the client offers is chosen. @default [] */
  readonly subprotocols?: readonly string[];
  /** Looks at a request before it is accepted. A refusal is sent and the connection ends; throwing refuses with 500. */
  readonly admit?: (request: WebsocketRequest) => Answer<Refusal | undefined>;
}

/** Called for each websocket before anything of it is read: add listeners at once, not after an `await`. */
export type WebsocketHandler = (websocket: Websocket, request: WebsocketRequest) => void;

export interface Mount {
  readonly options: MountOptions;
  readonly connection: WebsocketSettings;
  readonly handler: WebsocketHandler;
}

/** Paths are compared exactly; `*` takes what no other path does. */
export class Mounts {
  private readonly byPath = new Map<string, Mount>();

  /** @throws {UsageError} `PATH_TAKEN`, or `OPTION_INVALID`. */
  add(path: string, options: MountOptions, handler: WebsocketHandler): void {
    if (path !== '*' && !path.startsWith('/')) {
      throw new UsageError('OPTION_INVALID', `a path begins with / or is *, not ${path}`);
    }
    if (this.byPath.has(path)) {
      throw new UsageError('PATH_TAKEN', `${path} is mounted already`);
    }
    this.byPath.set(path, { options, connection: websocketOptions(options), handler });
  }

  find(path: string): Mount | undefined {
    return this.byPath.get(path) ?? this.byPath.get('*');
  }
}
