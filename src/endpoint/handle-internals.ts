/**
 * What `io: 'handle'` takes from inside of Node (docs/decisions/0011): the one place that says where it is.
 * In: nothing. Out: the internals. Fails: gives what is missing instead.
 */
import { Socket } from 'node:net';
import { isInt32Array } from 'node:util/types';

/** Node's request objects. A write takes one only when it is not done at once. */
export interface HandleRequest {
  oncomplete?: (this: HandleRequest, status: number) => void;
  /** Ours: whose it is. */
  line?: unknown;
  /** Ours: keeps the bytes of a write alive, which Node does not. */
  chunk?: Uint8Array;
}

/** What is inside of a socket: the system's, as Node's natives see it. Calls give 0, or below 0 what went wrong. */
export interface Handle {
  /** Must give nothing back. */
  onread: (this: Handle) => void;
  readStart(): number;
  readStop(): number;
  useUserBuffer(buffer: Uint8Array): void;
  writeBuffer(request: HandleRequest, chunk: Uint8Array): number;
  shutdown(request: HandleRequest): number;
  close(told: (this: Handle) => void): void;
  [owner: symbol]: unknown;
}

export interface Internals {
  readonly WriteWrap: new () => HandleRequest;
  readonly ShutdownWrap: new () => HandleRequest;
  /** Where Node says how a call went that has just returned, or is being made. */
  readonly state: Int32Array;
  /** Where in `state` stands how many bytes were read, or below 0 why none. */
  readonly readAt: number;
  /** Where in `state` stands 0 when the latest write was done at once. */
  readonly asyncAt: number;
  /** Under this key a handle knows whose it is. */
  readonly owner: symbol;
}

const inside = process as unknown as { binding(name: string): Record<string, unknown> };

interface TcpBinding {
  readonly TCP: new (kind: number) => Handle;
  readonly constants: { readonly SOCKET: number };
}

/** Gives them, or what is missing. */
export function findInternals(): Internals | string {
  if (process.platform === 'win32') {
    // There a read may be begun, with its memory, before anything has come: one buffer for all would not do.
    return 'not on Windows';
  }
  try {
    const wrap = inside.binding('stream_wrap');
    const { WriteWrap, ShutdownWrap, streamBaseState: state } = wrap;
    const { kReadBytesOrError: readAt, kLastWriteWasAsync: asyncAt } = wrap;
    const owner = ownerKey();
    const isThere =
      typeof WriteWrap === 'function' &&
      typeof ShutdownWrap === 'function' &&
      isInt32Array(state) &&
      typeof readAt === 'number' &&
      typeof asyncAt === 'number' &&
      owner !== undefined;
    return isThere
      ? ({ WriteWrap, ShutdownWrap, state, readAt, asyncAt, owner } as Internals)
      : 'this runtime has no such internals';
  } catch (error) {
    return (error as Error).message;
  }
}

/** Found on a handle that is made for it, and closed again. */
function ownerKey(): symbol | undefined {
  const { TCP, constants } = inside.binding('tcp_wrap') as unknown as TcpBinding;
  const socket = new Socket({ handle: new TCP(constants.SOCKET), manualStart: true } as object);
  const handle = (socket as unknown as { readonly _handle: Handle })._handle;
  const found = Object.getOwnPropertySymbols(handle).find((key) => handle[key] === socket);
  const methods = ['readStart', 'readStop', 'useUserBuffer', 'writeBuffer', 'shutdown', 'close'];
  const isWhole = methods.every((name) => typeof handle[name as never] === 'function');
  socket.destroy();
  return isWhole ? found : undefined;
}
