/**
 * Roads, tubes and listeners that only remember.
 * In: what the code under test does with them. Out: a log. Cannot fail.
 */
import type { TabMessage, Tube } from '../../../../src/client/transports/shared-tabs/messages.ts';
import type {
  ClientTransport,
  Road,
  RoadListener,
} from '../../../../src/client/transports/transport.ts';

export interface Listening extends Required<RoadListener> {
  readonly log: string[];
}

export function listening(): Listening {
  const log: string[] = [];
  return {
    log,
    opened: () => void log.push('opened'),
    received: (frame) => void log.push(`received ${String(frame)}`),
    better: () => void log.push('better'),
    closed: ({ code, reason }) => void log.push(`closed ${code} ${reason}`.trim()),
  };
}

export interface Opened {
  readonly subprotocols: readonly string[];
  readonly listener: RoadListener;
  readonly sent: (string | Uint8Array)[];
  readonly closings: string[];
}

/** A server is played by the test. */
export class Roads implements ClientTransport {
  readonly name = 'test';
  readonly opened: Opened[] = [];

  open(_url: string, subprotocols: readonly string[], listener: RoadListener): Road {
    const one: Opened = { subprotocols, listener, sent: [], closings: [] };
    this.opened.push(one);
    return {
      send: (frame) => void one.sent.push(frame),
      close: (code, reason) => void one.closings.push(`${code} ${reason}`.trim()),
    };
  }
}

export class TestTube implements Tube {
  readonly posted: TabMessage[] = [];
  isClosed = false;

  post(message: TabMessage): void {
    this.posted.push(message);
  }

  close(): void {
    this.isClosed = true;
  }

  /** What was posted, in short. */
  get said(): string[] {
    return this.posted.map(({ v: _v, from: _from, type, ...rest }) =>
      [type, ...Object.values(rest)].map(String).join(' '),
    );
  }
}

export async function settled(): Promise<void> {
  for (let turn = 0; turn < 8; turn += 1) {
    await Promise.resolve();
  }
}
