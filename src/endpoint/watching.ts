/**
 * What happens to websockets, on channels of Node's `diagnostics_channel`, for whoever wants to see it.
 * In: what happened. Out: a message on a channel that somebody listens to; nothing is made when nobody does, and nothing ever for
 * single messages. Fails: what a subscriber throws, Node reports as uncaught.
 * No payloads, no header fields, no query: they hold what is secret. The table is docs/2-guides/watching.md.
 */
import { type Channel, channel } from 'node:diagnostics_channel';
import type { Refusal, Role } from '../protocol/index.ts';
import { ConnectionError } from './errors.ts';
import type { Websocket } from './websocket.ts';

const opened: Channel = channel('tautline:websocket:open');
const closed: Channel = channel('tautline:websocket:close');
const refused: Channel = channel('tautline:handshake:refused');
const dialStart: Channel = channel('tautline:dial:start');
const dialEnd: Channel = channel('tautline:dial:end');
const dialError: Channel = channel('tautline:dial:error');

/** Where a websocket leads, or would have. Read only when somebody watches. */
export interface Whereabouts {
  /** Without the query. */
  readonly path: string;
  /** Of the peer; for a dialler, the host and port that it was given. */
  readonly address: string | undefined;
}

/** What gives the time, in milliseconds. */
interface Ticking {
  nowMs(): number;
}

/** Numbers that websockets, and diallings, are told apart by. */
let count = 0;

export function tellOpened(
  websocket: Websocket,
  role: Role,
  where: Whereabouts,
  clock: Ticking,
): void {
  if (!opened.hasSubscribers && !closed.hasSubscribers) {
    return;
  }
  count += 1;
  const { path, address } = where;
  const fromMs = clock.nowMs();
  const about = { id: count, role, path, address, subprotocol: websocket.subprotocol };
  opened.publish(about);
  websocket.on('closed', ({ code, clean, fault }) => {
    if (closed.hasSubscribers) {
      closed.publish({
        ...about,
        code,
        clean,
        fault: fault?.name,
        lastedMs: clock.nowMs() - fromMs,
      });
    }
  });
}

export function tellRefused(where: Whereabouts, { name, status }: Refusal): void {
  if (refused.hasSubscribers) {
    const { path, address } = where;
    refused.publish({ path, address, name, status });
  }
}

/** Runs `work`, which dials, and tells of its beginning and its end. */
export async function watchDialling<Result>(
  { path, address }: Whereabouts,
  clock: Ticking,
  work: () => Promise<Result>,
): Promise<Result> {
  if (!dialStart.hasSubscribers && !dialEnd.hasSubscribers && !dialError.hasSubscribers) {
    return work();
  }
  count += 1;
  const about = { id: count, path, address };
  const fromMs = clock.nowMs();
  dialStart.publish(about);
  try {
    const result = await work();
    dialEnd.publish({ ...about, tookMs: clock.nowMs() - fromMs });
    return result;
  } catch (error) {
    const { code, fault, status } =
      error instanceof ConnectionError ? error : ({} as Partial<ConnectionError>);
    dialError.publish({ ...about, code, fault, status, tookMs: clock.nowMs() - fromMs });
    throw error;
  }
}
