/**
 * The lanes of one outbox: one for each channel, and those of clients that are gone and left something.
 * In: channels, and what was kept. Out: lanes, and what has to be kept of them. Cannot fail.
 *
 * All are numbered by one producer, so whoever forgets a lane must not number in its channel again by the same: with the first lane
 * that is forgotten the producer is another for all that begin later.
 */
import type { Holder, Kept } from './keeping.ts';
import { Lane, type LaneHost } from './lane.ts';
import { keptOf, type Letter } from './letter.ts';

/** Most lanes that are kept while nothing is in them. */
export const maxEmptyLanes = 256;

export class Lanes {
  producer: Holder;
  readonly #host: LaneHost;
  readonly #own = new Map<string, Lane>();
  readonly #adopted = new Map<string, readonly Lane[]>();

  constructor(host: LaneHost) {
    this.#host = host;
    this.producer = this.#another();
  }

  /** As the next holder of a producer: those before are fenced. */
  goOn({ name, epoch }: Holder): void {
    this.producer = { name, epoch: epoch + 1 };
  }

  /** Oldest first. */
  get all(): readonly Lane[] {
    return [...this.#own.values(), ...[...this.#adopted.values()].flat()];
  }

  of(channel: string): Lane {
    const known = this.#own.get(channel);
    if (known !== undefined) {
      return known;
    }
    const empty = [...this.#own.values()].filter(({ letters }) => letters.length === 0);
    if (empty.length >= maxEmptyLanes) {
      this.#own.delete(empty[0]!.channel);
      this.producer = this.#another();
    }
    const lane = new Lane(channel, this.#host);
    this.#own.set(channel, lane);
    return lane;
  }

  /** Lanes beside our own, in the order of the channels. */
  adopt(name: string, channels: readonly string[]): readonly Lane[] {
    const lanes = channels.map((channel) => new Lane(channel, this.#host));
    this.#adopted.set(name, lanes);
    return lanes;
  }

  /** Of adopted lanes nothing is left when they are empty: their numbers are not used again. */
  sweep(): void {
    for (const [name, lanes] of this.#adopted) {
      if (lanes.every(({ letters }) => letters.length === 0)) {
        this.#adopted.delete(name);
      }
    }
  }

  /** What has to outlive the page, of our own lanes or of those that were adopted under a name. */
  look(adopted: string | undefined, isMeant: (letter: Letter) => boolean): Omit<Kept, 'user'> {
    const lanes = adopted === undefined ? this.#own.values() : (this.#adopted.get(adopted) ?? []);
    const kept = [...lanes].flatMap(({ channel, latest, letters: all }) => {
      const letters = all.filter(isMeant).map(keptOf);
      const isNeeded = latest.seq > 0 || letters.length > 0;
      return isNeeded ? [{ channel, producer: latest, letters }] : [];
    });
    return { producer: this.producer, lanes: kept };
  }

  /** From now on they are another user's, who has used none of the numbers. */
  disown(): void {
    this.producer = this.#another();
    for (const lane of this.all) {
      lane.disown();
    }
  }

  clear(): void {
    this.#own.clear();
    this.#adopted.clear();
  }

  #another(): Holder {
    return { name: this.#host.makeName(), epoch: 1 };
  }
}
