/**
 * `tautline/gateways/tabs`: many clients on one pipe, such as the tabs of a browser. Each has a strand of it, which is a pipe to the gateway
 * that it asks for: a session of its own, with its own hello. The end of a strand ends that one, the end of the pipe all of them.
 * In: frames of strands. Out: pipes, to gateways; and the other way round, in turns. Fails: what is no such frame ends the pipe with
 * MESSAGE_INVALID, a strand too many is refused with TOO_MANY_CONNECTIONS, a pipe without strands is ended with HELLO_TOO_LATE, or at once when
 * there are too many of its address.
 */
import type { Cancel, Clock } from '../ground/clock.ts';
import { Shared } from '../ground/shared.ts';
import type { FrontDesk, Gateway, Held, Payload, Pipe, PipeListener } from '../ports/index.ts';
import {
  closeFrame,
  type Disconnect,
  disconnects,
  readStrandFrame,
  tabsSubprotocol,
} from '../wire/index.ts';
import { type TabsLimits, tabsLimits } from './tabs/options.ts';
import { Strand } from './tabs/strand.ts';
import { Turns } from './tabs/turns.ts';

export {
  GatewayError,
  type GatewayErrorCode,
  type TabsLimits,
  tabsDefaults,
} from './tabs/options.ts';

/** What strands speak, and how much of them one pipe carries. */
export interface TabsOptions extends TabsLimits {
  /** What is spoken in strands, one for each subprotocol; the client's choice among them is by this order. */
  readonly gateways: readonly Gateway[];
  /** The server's, or one that a test turns by hand. */
  readonly clock: Clock;
}

/**
 * Many clients on one pipe, each with a session of its own.
 * @throws {GatewayError} `OPTION_INVALID` for a limit that is not above zero.
 */
export function tabs({ gateways, clock, ...given }: TabsOptions): Gateway {
  const settings = { ...tabsLimits(given), gateways, clock };
  return {
    subprotocol: tabsSubprotocol,
    open: (pipe, frontDesk) => new Bundle(settings, pipe, frontDesk),
  };
}

type Settings = Required<TabsOptions>;

/** One pipe, and its strands. */
class Bundle implements PipeListener {
  private readonly settings: Settings;
  private readonly pipe: Pipe;
  private readonly frontDesk: FrontDesk;
  private readonly turns: Turns;
  private readonly strands = new Map<number, Strand>();
  /** Of the strands that ever were, the highest number. */
  private highest = 0;
  private hasEnded = false;
  private cancelEmpty: Cancel | undefined;
  /** Without a strand the pipe counts for its address; with some, those do. */
  private held: Held | undefined;

  constructor(settings: Settings, pipe: Pipe, frontDesk: FrontDesk) {
    this.settings = settings;
    this.pipe = pipe;
    this.frontDesk = frontDesk;
    this.turns = new Turns(pipe, settings.windowBytes);
    this.watch();
  }

  received(payload: Payload): void {
    if (this.hasEnded) {
      return;
    }
    const frame = readStrandFrame(payload);
    if ('problem' in frame) {
      this.reject(frame.problem);
    } else if (frame.type === 'open') {
      this.open(frame.strand, frame.subprotocols);
    } else if (frame.strand > this.highest) {
      this.reject(`strand ${frame.strand} was not opened`);
    } else if (frame.type === 'message') {
      // It may have been closed on this side a moment ago: then nobody listens any more.
      this.strands.get(frame.strand)?.received(frame.payload);
    } else {
      this.closedBy(this.strands.get(frame.strand));
    }
  }

  closed(): void {
    this.hasEnded = true;
    this.watch();
    this.turns.end();
    for (const strand of this.strands.values()) {
      strand.lost();
    }
    this.strands.clear();
  }

  private open(number: number, subprotocols: readonly string[]): void {
    if (number <= this.highest) {
      this.reject('numbers of strands only grow');
      return;
    }
    this.highest = number;
    const { gateways, maxStrands } = this.settings;
    const gateway = gateways.find(({ subprotocol }) => subprotocols.includes(subprotocol));
    if (gateway === undefined) {
      this.refuse(number, disconnects.VERSION_UNSUPPORTED);
    } else if (this.strands.size >= maxStrands) {
      this.refuse(number, disconnects.TOO_MANY_CONNECTIONS);
    } else {
      const strand = new Strand(number, this.pipe, {
        waits: (one) => this.turns.wait(one),
        over: (one) => this.over(one),
      });
      this.strands.set(number, strand);
      this.watch();
      strand.listen(gateway.open(strand, this.frontDesk));
    }
  }

  /** Not kept for a turn: whoever lets refusals pile up loses the pipe, by its own limit. */
  private refuse(number: number, why: Disconnect): void {
    this.pipe.send(new Shared<Payload>(closeFrame(number, why)));
  }

  private reject(problem: string): void {
    this.turns.end();
    this.end({ ...disconnects.MESSAGE_INVALID, reason: problem });
  }

  private end(why: Disconnect): void {
    if (!this.hasEnded) {
      this.hasEnded = true;
      this.pipe.close(why);
    }
  }

  private closedBy(strand: Strand | undefined): void {
    if (strand !== undefined) {
      this.turns.leave(strand);
      strand.lost();
      this.strands.delete(strand.number);
      this.watch();
    }
  }

  private over(strand: Strand): void {
    this.strands.delete(strand.number);
    // When its session has been told, and counts no more.
    queueMicrotask(() => this.watch());
  }

  /** Without a strand nobody has said who it is. */
  private watch(): void {
    const isEmpty = this.strands.size === 0 && !this.hasEnded;
    if (isEmpty && this.cancelEmpty === undefined) {
      this.cancelEmpty = this.settings.clock.after(this.settings.emptyMs, () => {
        this.end({ ...disconnects.HELLO_TOO_LATE, reason: 'the road has no strand' });
      });
      this.hold();
    } else if (!isEmpty) {
      this.cancelEmpty?.();
      this.cancelEmpty = undefined;
      this.held?.release();
      this.held = undefined;
    }
  }

  private hold(): void {
    this.held = this.frontDesk.hold?.(this.pipe.address);
    if (this.held?.why !== undefined) {
      this.end(this.held.why);
    }
  }
}
