/**
 * One session's place in one channel: history meets live (docs/1-learn/guarantees.md, Resume).
 * In: a position, the log, and what the channel says meanwhile. Out: what the reader is told, in the order of the log. Nothing waits here for
 * a client that reads slowly: it goes back to the log. Fails: `start` rejects when the log cannot be read; later failures are tried again
 * until the subscription is left.
 */
import type { Shared } from '../../ground/shared.ts';
import { type Gap, type Position, type ServerMessage, samePosition } from '../../wire/index.ts';
import type { Inside } from '../inside.ts';
import { Delivery } from './delivery.ts';
import type { Entry } from './entry.ts';
import { Held } from './held.ts';
import { type Fit, fit } from './judge.ts';
import type { Followed, Receiver } from './receiver.ts';
import { Replay } from './replay.ts';
import { fullSight, type Sight } from './sight.ts';
import type { Stretch } from './stretch.ts';

/**
 * `joining`: the channel is not being followed yet. `dropping`: what comes is left out until there is room. `left` is for ever: a session
 * that comes again makes a new one.
 */
type Phase = 'joining' | 'replaying' | 'live' | 'dropping' | 'left';

export class Subscription {
  /** Of the log. */
  readonly name: string;
  /** Resolves when its request has its answer, whatever that is. */
  answered: Promise<void> = Promise.resolve();
  /** Called once, when it is left. */
  whenLeft: (() => void) | undefined;
  private phase: Phase = 'joining';
  /** The policy took it back before it was answered. */
  private isForbidden = false;
  /** Read from the log before the channel had them. */
  private foreseen: ReadonlySet<string> | undefined;
  /** What the channel had during a read. Bounded. */
  private readonly held: Held;
  private channel: Followed | undefined;
  private readonly delivery: Delivery;
  private readonly replay: Replay;
  private readonly receiver: Receiver;
  private readonly hub: Inside;

  constructor(name: string, receiver: Receiver, hub: Inside, sight: Sight = fullSight) {
    this.name = name;
    this.receiver = receiver;
    this.hub = hub;
    this.held = new Held(hub.limits);
    this.delivery = new Delivery(receiver, hub, sight);
    const { delivery, held } = this;
    this.replay = new Replay({
      name,
      hub,
      receiver,
      delivery,
      held,
      hasLeft: () => this.hasLeft,
      arrived: (stretch) => this.arrived(stretch),
    });
  }

  get hasLeft(): boolean {
    return this.phase === 'left';
  }

  /** Why it was left before it was answered. */
  get endedBy(): 'FORBIDDEN' | 'NOT_SUBSCRIBED' {
    return this.isForbidden ? 'FORBIDDEN' : 'NOT_SUBSCRIBED';
  }

  /** From `since` on, or from now on. Resolves with true when `subscribed` was sent, with false when it was left before. */
  async start(id: number, channel: Followed, since: Position | undefined): Promise<boolean> {
    this.channel = channel;
    const { kind } = channel.rules;
    if (kind === 'state' || (kind === 'log' && since !== undefined)) {
      this.delivery.begin(channel, since);
      return new Promise((answered, failed) => {
        this.replay.asked = { id, answered, failed };
        this.catchUp();
      });
    }
    this.delivery.begin(channel, undefined);
    this.phase = 'live';
    this.delivery.subscribed(id, channel.top, {});
    this.delivery.certify();
    return true;
  }

  /** The channel has one more. */
  entry(entry: Entry): void {
    if (this.phase === 'live') {
      if (this.follow(entry) === 'strange') {
        this.catchUp();
      }
    } else {
      this.held.add(entry);
    }
  }

  /** The channel's own chain broke, beyond repair. */
  gapped(gap: Gap, message: Shared<ServerMessage>): void {
    const { delivery } = this;
    const isLog = this.channel?.rules.kind === 'log';
    if (isLog && this.phase === 'live' && samePosition(delivery.position!, gap.from)) {
      delivery.gap(gap, message);
    } else if (this.phase === 'live') {
      this.catchUp(gap);
    } else if (this.phase === 'replaying') {
      this.replay.broke(gap);
    }
  }

  /** Lives ahead of the channel, and the log was seen to end there: it has more by now, or has lost what we have. */
  ends(end: Position): void {
    if (this.phase === 'live' && !samePosition(this.delivery.position!, end)) {
      this.catchUp();
    }
  }

  /** A signal on the channel: the first to be left out when too much waits. */
  signalled(message: Shared<ServerMessage>): void {
    const isIn = this.phase === 'live' || this.phase === 'dropping' || this.delivery.isCertified;
    const mayDrop = this.channel?.rules.kind !== 'signals' || this.channel.rules.slow === 'drop';
    if (isIn && !this.hasLeft && (this.receiver.hasRoom || !mayDrop)) {
      this.delivery.signal(message);
    }
  }

  /** The policy does not allow it any more. Its reader is told, once, and goes on from here if it is ever let in again. To be left next. */
  forbid(): void {
    const { position } = this.delivery;
    if (this.phase === 'joining' || this.replay.asked !== undefined) {
      this.isForbidden = true;
    } else if (!this.hasLeft) {
      this.replay.fall(this.channel!, { reason: 'unauthorised', from: position!, to: position! });
    }
  }

  leave(): void {
    this.phase = 'left';
    this.held.end();
    this.delivery.end();
    this.whenLeft?.();
    this.whenLeft = undefined;
    this.replay.end();
  }

  /** Takes what links to our position; what is strange sends us back to the log. */
  private follow(entry: Entry): Fit {
    const fits = this.fits(entry);
    if (fits !== 'next') {
      return fits;
    }
    const { slow } = this.channel!.rules;
    const shown = this.delivery.look(entry);
    if (shown !== undefined && slow !== 'disconnect' && this.receiver.isFull) {
      this.hub.notes.slowed(this.channel!.shown, slow);
      if (slow !== 'drop') {
        return 'strange';
      }
      void this.drop();
      return 'known';
    }
    this.foreseen = undefined;
    this.delivery.take(entry, shown);
    return fits;
  }

  private fits(entry: Entry): Fit {
    const last = this.delivery.position!;
    const isState = this.channel!.rules.kind === 'state';
    // Of keyed state not every entry is read, so its id proves nothing; the channel itself watches over the chain.
    if (isState && entry.epoch === last.epoch && entry.publication.offset <= last.offset) {
      return 'known';
    }
    return fit(last, entry, this.foreseen);
  }

  /** Leaves out what comes until there is room, and says so. */
  private async drop(): Promise<void> {
    this.phase = 'dropping';
    await this.receiver.room();
    if (this.phase !== 'dropping') {
      return;
    }
    this.phase = 'live';
    this.foreseen = undefined;
    const gap: Gap = { reason: 'dropped', from: this.delivery.position!, to: this.channel!.top };
    if (!samePosition(gap.from, gap.to)) {
      this.replay.fall(this.channel!, gap);
    }
  }

  /** `gap`: because the channel found that. */
  private catchUp(gap?: Gap): void {
    this.phase = 'replaying';
    void this.replay.run(this.channel!, gap);
  }

  /** Nothing is awaited in here, so nothing can come in between. False when the log has to be read again. */
  private arrived({ ids }: Stretch): boolean {
    this.phase = 'live';
    this.foreseen = ids;
    for (const entry of this.held.entries) {
      const isLost = this.channel!.isFallen(this.delivery.position!);
      if (this.phase === 'live' && (isLost || this.follow(entry) === 'strange')) {
        this.phase = 'replaying';
        return false;
      }
    }
    if (this.held.isIncomplete || this.hasLeft) {
      this.phase = this.hasLeft ? 'left' : 'replaying';
      return false;
    }
    if (samePosition(this.delivery.position!, this.channel!.top)) {
      this.foreseen = undefined;
    } else {
      this.channel!.outran(this);
    }
    if (!this.delivery.isCertified) {
      this.delivery.certify();
    }
    return true;
  }
}
