/**
 * What the nodes of one process share: logs, claims and a bus in memory. It is gone with the process: those who come back later meet a
 * gap of reason `epoch`.
 * In: what nodes ask. Out: what is kept, and announcements to all who follow. Fails: with a `BrokerError`, or with the TypeError of JSON
 * for data that it cannot say.
 */
import {
  type Appended,
  type AppendOptions,
  BrokerError,
  type NewPublication,
} from '../../ports/index.ts';
import { at, type Link, type Publication } from '../../wire/index.ts';
import { LocalBus } from '../local/bus.ts';
import { copied } from '../local/copied.ts';
import { tellAll, tellPresent } from '../local/telling.ts';
import { type Channel, Channels } from './channels.ts';
import { MemoryClaims } from './claims.ts';
import { chargeOf } from './data.ts';
import type { FullMemoryOptions } from './options.ts';
import { Producers } from './producers.ts';

/** Announcements that one delivery may cause before it has returned: a chain without end ends here. */
export const maxWaitingAnnouncements = 10_000;

interface Announcement {
  readonly channel: Channel;
  readonly publication: Publication;
}

/** Every step is synchronous, and therefore atomic: promises are only the shape of the port. */
export class Store {
  readonly options: FullMemoryOptions;
  readonly channels: Channels;
  readonly claims: MemoryClaims;
  readonly bus: LocalBus = new LocalBus();
  /** Grows with each change of a top, and of who follows. */
  changes = 0;
  private readonly producers: Producers;
  private readonly announcements: Announcement[] = [];
  private isAnnouncing = false;

  constructor(options: FullMemoryOptions) {
    this.options = options;
    this.channels = new Channels(options);
    this.claims = new MemoryClaims(options);
    this.producers = new Producers(options);
  }

  append(name: string, publication: NewPublication, options: AppendOptions): Appended {
    const { producer, expect, retain } = options;
    mustBeMemory(options);
    const { data, length } = copied(publication.data);
    if (this.announcements.length >= maxWaitingAnnouncements) {
      throw new BrokerError('BROKER_FULL', 'a delivery caused too many publications', true);
    }
    const nowMs = this.options.nowMs();
    const known = producer && this.producers.judge(name, producer, nowMs);
    if (known !== undefined) {
      return known;
    }
    const bytes = chargeOf(publication, length);
    const conflict = this.weigh(name, publication, { bytes, expect });
    if (conflict !== undefined) {
      return { outcome: 'conflict', at: conflict };
    }
    const channel = this.channels.use(name, nowMs);
    const entry = channel.log.append({ ...publication, data }, { bytes, nowMs, retain });
    if (entry.key !== undefined) {
      channel.values.set(entry.key, entry, { bytes, nowMs });
    }
    this.changes += 1;
    channel.changed = this.changes;
    const position = at(channel.log.epoch, entry);
    if (producer !== undefined) {
      this.producers.appended(name, producer, position, nowMs);
    }
    this.channels.used(channel, nowMs);
    if (channel.followers.size > 0) {
      this.announce({ channel, publication: entry });
    }
    return { outcome: 'appended', position, duplicate: false };
  }

  /** Where the key stands, if that is not where it is expected. Throws when there is no room for its value. */
  private weigh(
    name: string,
    { key, removed }: NewPublication,
    { bytes, expect }: { readonly bytes: number; readonly expect: Link | undefined },
  ): Link | undefined {
    if (key === undefined) {
      if (expect !== undefined) {
        throw new TypeError('what is expected of a key needs a key');
      }
      return undefined;
    }
    const { values } = this.channels.shown(name);
    const stands = values.at(key);
    if (expect !== undefined && (expect.offset !== stands.offset || expect.id !== stands.id)) {
      return stands;
    }
    if (removed !== true) {
      values.mustHaveRoom(key, bytes);
    }
    return undefined;
  }

  /** A delivery may append: what it appends waits until everyone has been told of the entry before. */
  private announce(announcement: Announcement): void {
    this.announcements.push(announcement);
    if (this.isAnnouncing) {
      return;
    }
    this.isAnnouncing = true;
    try {
      tellAll(this.waiting(), ({ channel, publication }) => {
        tellPresent(channel.followers, ({ ears }) =>
          ears.deliver(channel.name, channel.log.epoch, publication),
        );
      });
    } finally {
      this.announcements.length = 0;
      this.isAnnouncing = false;
    }
  }

  /** The announcements, those that come in the meantime too. */
  private *waiting(): Iterable<Announcement> {
    for (let told = 0; told < this.announcements.length; told += 1) {
      yield this.announcements[told]!;
    }
  }
}

function mustBeMemory({ durability }: AppendOptions): void {
  if (durability !== undefined && durability !== 'memory') {
    throw new BrokerError(
      'DURABILITY_UNSUPPORTED',
      `memory cannot keep it on ${durability}`,
      false,
    );
  }
}
