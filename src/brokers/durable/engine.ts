/**
 * What the nodes of one process share: one store, the ledger over it, and who follows what. It is open while at least one node runs.
 * In: what nodes ask. Out: what is on disk, and announcements of what has just got there. Fails: with a `BrokerError`; `STORE_CORRUPT` when the store
 * is not ours.
 */
import type { Cancel } from '../../ground/clock.ts';
import {
  type Appended,
  BrokerError,
  type LogPage,
  type StatePage,
  type Tops,
} from '../../ports/index.ts';
import type { Link } from '../../wire/index.ts';
import { LocalBus } from '../local/bus.ts';
import { type AppendRequest, type AppendResult, appendStep } from './append.ts';
import { type ChannelRecord, loadChannel } from './channel.ts';
import { type Counts, countsOf, openFormat } from './counts.ts';
import { Followers } from './followers.ts';
import { damage, type House, startTime } from './house.ts';
import { channelKey, countsKey } from './keys.ts';
import { Ledger } from './ledger.ts';
import type { FullDurableOptions } from './options.ts';
import { readFrom, readLatest, readValues, type Stretch } from './reader.ts';
import { openRecord } from './records.ts';
import { sweepAll } from './sweep.ts';
import { nothing } from './values.ts';
import type { View } from './view.ts';

export class Engine {
  readonly options: FullDurableOptions;
  readonly followers: Followers;
  readonly bus: LocalBus = new LocalBus();
  private readonly ledger: Ledger;
  private readonly house: House;
  private users = 0;
  private opening: Promise<void> | undefined;
  private cancelSweep: Cancel = () => {};

  constructor(options: FullDurableOptions) {
    this.options = options;
    this.followers = new Followers(options.randomId());
    this.ledger = new Ledger(options.store, options, () => this.followers.allChanged());
    this.house = {
      options,
      nowMs: startTime(options),
      range: (range) => this.ledger.range(range),
      damaged: (what) => options.onTrouble(damage(what)),
    };
  }

  /** To be called once for each node that starts. */
  async open(): Promise<void> {
    this.users += 1;
    this.opening ??= this.openStore();
    try {
      await this.opening;
    } catch (error) {
      this.opening = undefined;
      this.users -= 1;
      throw error;
    }
  }

  /** To be called once for each that stops. Resolves when nothing is under way any more. */
  async close(): Promise<void> {
    this.users -= 1;
    if (this.users === 0) {
      this.cancelSweep();
      this.opening = undefined;
    }
    await this.ledger.idle();
  }

  /** @param bytes How much it holds while it waits. */
  step<Value>(run: (view: View, house: House) => Promise<Value>, bytes = 0): Promise<Value> {
    return this.ledger.commit({ bytes, run: (view) => run(view, this.house) });
  }

  async append(request: Omit<AppendRequest, 'epoch'>): Promise<Appended> {
    const { answer } = await this.ledger.commit<AppendResult>({
      bytes: request.draft.bytes,
      run: (view) =>
        appendStep(view, this.house, { ...request, epoch: this.followers.epochOf(request.name) }),
      told: ({ entry }) => {
        if (entry !== undefined) {
          this.followers.announce(request.name, entry.epoch, entry.publication);
        }
      },
    });
    return answer;
  }

  async read(name: string, fromOffset: number, limit: number): Promise<LogPage> {
    return this.page(name, (channel) => readFrom(this.house, channel, { fromOffset, limit }));
  }

  async latest(name: string, limit: number): Promise<LogPage> {
    return this.page(name, (channel) => readLatest(this.house, channel, limit));
  }

  async values(name: string, afterOffset: number, limit: number): Promise<StatePage> {
    await this.channel(name);
    // As a step, in which it sees what is committed: no batch is on its way meanwhile.
    return this.step(async () => {
      const channel = await this.committed(name);
      if (channel === undefined) {
        return { ...(await this.empty(name)), more: false, forgotten: 0 };
      }
      const { epoch, top, forgotten } = channel;
      const page = await readValues(this.house, channel, { afterOffset, limit });
      return { epoch, top, forgotten, ...page };
    });
  }

  /** Where one of the followed channels ends. */
  async top(name: string): Promise<Tops['tops'][number]> {
    const channel = await this.channel(name);
    const { epoch, top } = channel ?? (await this.empty(name));
    return { channel: name, epoch, top };
  }

  /** The epoch that the channel has, or would begin with. */
  async epochOf(name: string): Promise<string> {
    // Always as a step: a channel that is being forgotten is not there any more.
    const channel = await this.step((view, house) => loadChannel(view, house, name));
    return channel?.epoch ?? (await this.empty(name)).epoch;
  }

  private async openStore(): Promise<void> {
    await this.step(async (view, house) => {
      await openFormat(view, house);
      await countsOf(view, house);
    });
    this.sweepLater();
  }

  private sweepLater(): void {
    const { clock, sweepEveryMs } = this.options;
    this.cancelSweep = clock.after(sweepEveryMs, () => {
      let isStopped = false;
      this.cancelSweep = () => {
        isStopped = true;
      };
      void this.sweep(() => isStopped);
    });
  }

  private async sweep(isStopped: () => boolean): Promise<void> {
    const { house, ledger, followers } = this;
    try {
      await sweepAll({ house, ledger, isStopped, isFollowed: (name) => followers.has(name) });
    } catch (error) {
      const isOurs = error instanceof BrokerError;
      this.options.onTrouble(isOurs ? error : damage(`a sweep failed: ${String(error)}`));
    }
    if (!isStopped()) {
      this.sweepLater();
    }
  }

  private async channel(name: string): Promise<ChannelRecord | undefined> {
    const known = this.ledger.known(channelKey(name));
    if (known?.is === 'good') {
      return known.value as ChannelRecord;
    }
    return known?.is === 'none'
      ? undefined
      : this.step((view, house) => loadChannel(view, house, name));
  }

  /** To be called in a step. Not as its view sees it: that has what the steps before it have written, and the store does not have it yet. */
  private async committed(name: string): Promise<ChannelRecord | undefined> {
    const key = channelKey(name);
    // Not known any more: dropped since it was asked for.
    const found = this.ledger.known(key) ?? openRecord(key, await this.ledger.read(key));
    return found.is === 'good' ? (found.value as ChannelRecord) : undefined;
  }

  private async empty(name: string): Promise<{ epoch: string; top: Link; publications: [] }> {
    const known = this.ledger.known(countsKey);
    const counts =
      known?.is === 'good'
        ? (known.value as Counts)
        : await this.step((view, house) => countsOf(view, house));
    const epoch = this.followers.epochOf(name) ?? counts.nextEpoch;
    return { epoch, top: nothing, publications: [] };
  }

  private async page(
    name: string,
    read: (channel: ChannelRecord) => Promise<Stretch>,
  ): Promise<LogPage> {
    const channel = await this.channel(name);
    if (channel === undefined) {
      return this.empty(name);
    }
    const { publications, endIsDamaged } = await read(channel);
    if (!endIsDamaged) {
      return { epoch: channel.epoch, top: channel.top, publications };
    }
    // Looked at anew the tail is cut, or was trimmed in the meantime.
    this.ledger.doubt(channelKey(name));
    const mended = await this.step((view, house) => loadChannel(view, house, name));
    if (mended === undefined) {
      return this.empty(name);
    }
    const { epoch, top } = mended;
    return { epoch, top, publications: (await read(mended)).publications };
  }
}
