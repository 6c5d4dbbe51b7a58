/**
 * `tautline/client/ladder`: several ways to one server, the best first. It goes a rung down only when a way did not open and a plain
 * request to the same server was answered: a server that is down, or has too much to do, gets no slower transports on top. From lower
 * rungs it tries those above now and then; when one opens, the client is told, and its session goes on there.
 * In: transports. Out: one transport. Fails: as the last one tried does.
 */
import type { Cancel } from '../../ground/clock.ts';
import { type LadderOptions, Rungs } from './rungs.ts';
import type { ClientTransport, Road, RoadListener } from './transport.ts';

export type { Fetch } from './http-request.ts';
export { type LadderOptions, ladderDefaults, type RungMemory } from './rungs.ts';

/** A registered WebSocket close code: service restart. The client comes back at once. */
const climbing = { code: 1012, reason: 'a better way has opened' };

/**
 * One transport made of several: the best first. A lower one is in use only while none above it opens.
 * @throws {ClientError} `OPTION_INVALID` without a transport, or for a time that is not above zero.
 */
export function ladder(
  transports: readonly ClientTransport[],
  options: LadderOptions = {},
): ClientTransport {
  const rungs = new Rungs(transports, options);
  return {
    name: 'ladder',
    open: (url, subprotocols, listener) => new Attempt(rungs, url, subprotocols, listener),
  };
}

type Why = Parameters<RoadListener['closed']>[0];

/** One opening of the ladder: a rung after the other, until one holds. */
class Attempt implements Road {
  private readonly rungs: Rungs;
  private readonly url: string;
  private readonly subprotocols: readonly string[];
  private readonly listener: RoadListener;
  private road: Road | undefined;
  private trial: Road | undefined;
  private cancelClimb: Cancel | undefined;
  /** What has opened, and has brought nothing yet. */
  private silent: { readonly rung: number; readonly sinceMs: number } | undefined;
  private isOver = false;

  constructor(rungs: Rungs, url: string, subprotocols: readonly string[], listener: RoadListener) {
    this.rungs = rungs;
    this.url = url;
    this.subprotocols = subprotocols;
    this.listener = listener;
    this.tryRung(rungs.current);
  }

  send(frame: string | Uint8Array): void {
    this.road?.send(frame);
  }

  close(code: number, reason: string): void {
    const { silent } = this;
    this.stop();
    this.road?.close(code, reason);
    const { clock, rungWithinMs } = this.rungs;
    if (silent !== undefined && clock.nowMs() - silent.sinceMs >= rungWithinMs) {
      void this.avoid(silent.rung);
    }
  }

  private tryRung(rung: number): void {
    let phase: 'opening' | 'opened' | 'spoken' | 'over' = 'opening';
    const over = (why: Why): void => {
      const before = phase;
      phase = 'over';
      cancel();
      if (before === 'opening') {
        void this.descend(rung, why);
      } else if (before === 'opened') {
        void this.avoid(rung).then(() => this.end(why));
      } else if (before === 'spoken') {
        this.end(why);
      }
    };
    const road = this.rungs.transports[rung]!.open(this.url, this.subprotocols, {
      opened: () => {
        if (phase === 'opening') {
          phase = 'opened';
          this.silent = { rung, sinceMs: this.rungs.clock.nowMs() };
          cancel();
          this.listener.opened();
        }
      },
      received: (payload) => {
        if (phase === 'opened' && !this.isOver) {
          phase = 'spoken';
          this.silent = undefined;
          this.hold(rung);
        }
        if (phase === 'spoken' && !this.isOver) {
          this.listener.received(payload);
        }
      },
      closed: over,
    });
    this.road = road;
    const cancel = this.rungs.clock.after(this.rungs.rungWithinMs, () => {
      over({ code: 1006, reason: 'it did not open in time' });
      road.close(1000, '');
    });
  }

  /** Never rejects. */
  private async descend(rung: number, why: Why): Promise<void> {
    const { rungs, url } = this;
    const hasLower = rung + 1 < rungs.transports.length;
    const isAnswered = !this.isOver && (hasLower || rung > 0) && (await rungs.probe(url));
    if (this.isOver) {
      return;
    }
    if (isAnswered && hasLower) {
      this.tryRung(rung + 1);
      return;
    }
    if (isAnswered) {
      // None of those from here on, though the server is there: the next attempt begins at the top.
      rungs.stand(0);
    }
    this.end(why);
  }

  /** It opened, and nothing ever came by it: some proxies are like that. The next attempt begins a rung lower. Never rejects. */
  private async avoid(rung: number): Promise<void> {
    const hasLower = rung + 1 < this.rungs.transports.length;
    if (hasLower && (await this.rungs.probe(this.url))) {
      this.rungs.stand(rung + 1);
    }
  }

  private hold(rung: number): void {
    this.rungs.spoke(rung);
    if (rung > 0) {
      this.waitToClimb(rung);
    }
  }

  private waitToClimb(rung: number): void {
    this.cancelClimb = this.rungs.clock.after(this.rungs.untilClimbMs(), () => this.climb(rung, 0));
  }

  /** Whoever can opens anew first, and leaves this road when the other is welcomed. */
  private giveWay(rung: number): void {
    if (this.listener.better === undefined) {
      this.end(climbing);
      this.road?.close(1000, climbing.reason);
    } else {
      this.waitToClimb(rung);
      this.listener.better();
    }
  }

  /** Opens a rung above beside the road that is used, to see whether it can be had. */
  private climb(from: number, to: number): void {
    let isDecided = false;
    const decide = (hasOpened: boolean): void => {
      if (isDecided) {
        return;
      }
      isDecided = true;
      cancel();
      trial.close(1000, '');
      this.trial = undefined;
      if (this.isOver) {
        return;
      }
      if (hasOpened) {
        this.rungs.tried();
        this.rungs.stand(to);
        this.giveWay(from);
      } else if (to + 1 < from) {
        this.climb(from, to + 1);
      } else {
        this.rungs.tried();
        this.waitToClimb(from);
      }
    };
    const trial = this.rungs.transports[to]!.open(this.url, this.subprotocols, {
      opened: () => decide(true),
      received: () => undefined,
      closed: () => decide(false),
    });
    this.trial = trial;
    const cancel = this.rungs.clock.after(this.rungs.rungWithinMs, () => decide(false));
  }

  private end(why: Why): void {
    if (!this.isOver) {
      this.stop();
      this.listener.closed(why);
    }
  }

  private stop(): void {
    this.isOver = true;
    this.cancelClimb?.();
    this.trial?.close(1000, '');
  }
}
