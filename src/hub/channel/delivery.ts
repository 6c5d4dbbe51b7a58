/**
 * What one reader of one channel has been told, and how far that reaches. Entries that are not for it are passed over; now and then it is told
 * how far, so that it comes back from there.
 * In: entries in the order of the log, gaps, signals. Out: messages: each publication links to the one before it, to an `advance`, or to a
 * gap. Cannot fail.
 */
import type { Cancel } from '../../ground/clock.ts';
import { Shared } from '../../ground/shared.ts';
import type { Gap, Position, ServerMessage, Signalled, Subscribed } from '../../wire/index.ts';
import type { Inside } from '../inside.ts';
import { type Entry, gapMessage } from './entry.ts';
import type { Followed, Receiver } from './receiver.ts';
import type { Sight } from './sight.ts';

/** What the reader is told of an entry; undefined: nothing. */
export type Shown = Shared<ServerMessage> | undefined;

export class Delivery {
  /** Up to here it was told everything that it may see. Undefined: nothing is known of what the channel keeps. */
  position: Position | undefined;
  /** It was told that it has caught up, and nothing has happened since that says otherwise. */
  isCertified = false;
  private readonly receiver: Receiver;
  private readonly hub: Inside;
  private readonly sight: Sight;
  private channel: Followed | undefined;
  /** It was not told of the position: entries were passed over since. */
  private isBehind = false;
  private cancelAdvance: Cancel | undefined;

  constructor(receiver: Receiver, hub: Inside, sight: Sight) {
    this.receiver = receiver;
    this.hub = hub;
    this.sight = sight;
  }

  begin(channel: Followed, since: Position | undefined): void {
    this.channel = channel;
    this.position = since;
  }

  /** Nothing more is told. */
  end(): void {
    this.cancelAdvance?.();
    this.cancelAdvance = undefined;
  }

  /** To be given to `take`, if it is told at all. */
  look({ publication, message }: Entry): Shown {
    const seen = this.sight.entry(publication);
    if (seen === publication || seen === undefined) {
      return seen && message;
    }
    const { shown: channel } = this.channel!;
    return new Shared<ServerMessage>({ type: 'publication', channel, publication: seen });
  }

  /** What comes next in the log. */
  take({ position }: Entry, shown: Shown): void {
    if (shown === undefined) {
      this.position = position;
      this.passOver();
    } else {
      this.link();
      this.position = position;
      this.isBehind = false;
      this.receiver.send(shown);
    }
  }

  signal(message: Shared<ServerMessage>): void {
    if (this.sight.signal(message.value as Signalled)) {
      this.receiver.send(message);
    }
  }

  /** Here the request is answered. */
  subscribed(id: number, position: Position, more: Pick<Subscribed, 'gap' | 'snapshot'>): void {
    const { shown: channel, rules } = this.channel!;
    this.position = position;
    this.tell({ type: 'subscribed', id, channel, kind: rules.kind, position, ...more });
  }

  /** @param message The same gap, if others are told of it too. */
  gap(gap: Gap, message: Shared<ServerMessage> = gapMessage(this.channel!.shown, gap)): void {
    this.link();
    this.position = gap.to;
    this.isBehind = false;
    // Keyed state begins anew after a gap; what comes is certified when it is whole.
    this.isCertified = this.isCertified && this.channel!.rules.kind !== 'state';
    this.receiver.send(message);
  }

  certify(): void {
    const { channel, position } = this;
    this.link();
    this.isCertified = true;
    this.isBehind = false;
    this.tell({ type: 'caughtUp', channel: channel!.shown, position: position! });
  }

  /** Tells the reader where it stands, if it does not know. */
  advance(): void {
    const { channel, position } = this;
    // Of keyed state that is not whole yet no position is told: whoever came back with it would miss the rest.
    if (this.isBehind && (this.isCertified || channel!.rules.kind === 'log')) {
      this.isBehind = false;
      this.tell({ type: 'advance', channel: channel!.shown, to: position! });
    }
  }

  /** What is told of a log next links to where the reader knows that it stands; keyed state is no chain. */
  private link(): void {
    if (this.channel!.rules.kind === 'log') {
      this.advance();
    }
  }

  /** However many are passed over, the reader is told of them together. */
  private passOver(): void {
    const { clock, limits } = this.hub;
    this.isBehind = true;
    this.cancelAdvance ??= clock.after(limits.advanceEveryMs, () => {
      this.cancelAdvance = undefined;
      if (this.receiver.hasRoom) {
        this.advance();
      } else if (this.isBehind) {
        this.passOver();
      }
    });
  }

  private tell(message: ServerMessage): void {
    this.receiver.send(new Shared(message));
  }
}
