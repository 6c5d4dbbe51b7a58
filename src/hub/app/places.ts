/**
 * The channels of a contract by the names that clients send: looked up once, remembered for a while.
 * In: names from anywhere. Out: what the contract and the application say of that channel; undefined for what is none. Fails: only for
 * patterns of the server's own code, PARAMS_INVALID.
 */
import {
  type Contract,
  ContractError,
  channelName,
  type FoundChannel,
  findChannel,
} from '../../contract/index.ts';
import type { Loose, LooseChannel } from './loose.ts';

/** Names that are remembered. Those that are no channel of the contract are not: they cost their reading. */
export const maxPlaces = 10_000;

export interface Place extends FoundChannel {
  readonly name: string;
  readonly given: LooseChannel;
}

export class Places {
  private readonly contract: Contract;
  private readonly channels: Loose['channels'];
  /** Oldest first. */
  private readonly known = new Map<string, Place>();

  constructor(contract: Contract, { channels }: Pick<Loose, 'channels'>) {
    this.contract = contract;
    this.channels = channels;
  }

  get size(): number {
    return this.known.size;
  }

  /** @throws {ContractError} `PARAMS_INVALID` */
  at(pattern: string, params?: Readonly<Record<string, string>>): Place {
    const place = this.find(channelName(pattern, params));
    if (place?.pattern !== pattern) {
      throw new ContractError('PARAMS_INVALID', `"${pattern}" is no pattern of the contract`);
    }
    return place;
  }

  /** What a client names. */
  find(name: string): Place | undefined {
    const known = this.known.get(name);
    if (known !== undefined) {
      return known;
    }
    const found = findChannel(this.contract, name);
    if (found === undefined) {
      return undefined;
    }
    const place = { ...found, name, given: this.channels[found.pattern]! };
    for (const oldest of this.known.keys()) {
      if (this.known.size < maxPlaces) {
        break;
      }
      this.known.delete(oldest);
    }
    this.known.set(name, place);
    return place;
  }
}
