/**
 * A session's claim on its name: by it a client that comes back is known, on whatever node, and whoever held the name is fenced.
 * In: the name and secret that a client shows, and its user. Out: a stay: the one it had, with a new secret, or a fresh one. Fails: never. A
 * stay that could not be claimed cannot be resumed until it could. Threat D7.
 */
import type { Cancel } from '../../ground/clock.ts';
import type { Claim, Put } from '../../ports/index.ts';
import { type Position, reservedMark } from '../../wire/index.ts';
import type { Inside } from '../inside.ts';
import { digest } from '../sha256.ts';

/** What is kept of a stay. No secret is: whoever reads the engine resumes nobody. */
interface Held {
  /** One more with each attachment. */
  readonly generation: number;
  /** Where it is attached, or was last. */
  readonly node: string;
  readonly user: string;
  readonly secretHash: string;
  /** Up to where its node had carried out orders (orders/orders): it outlived those. Absent: none are known. */
  readonly orders?: Position | undefined;
}

/** Who held the name until now. */
export interface Former {
  readonly node: string;
  readonly generation: number;
}

const idShape = /^[0-9a-z]{26}$/;

export class Stay {
  readonly id: string;
  readonly secret: string;
  readonly generation: number;
  /** Whoever is to be fenced; undefined: it is a fresh stay. */
  readonly former: Former | undefined;
  private readonly hub: Inside;
  private held: Held;
  /** Of the stay that goes on. */
  private readonly formerHash: string | undefined;
  private revision: string | undefined;
  private cancel: Cancel | undefined;
  private renewing: Promise<void> = Promise.resolve();

  constructor(
    hub: Inside,
    held: Held,
    more: Pick<Stay, 'id' | 'secret' | 'former'> & { readonly formerHash: string | undefined },
  ) {
    this.hub = hub;
    this.id = more.id;
    this.secret = more.secret;
    this.former = more.former;
    this.formerHash = more.formerHash;
    this.generation = held.generation;
    this.held = held;
  }

  /** It is one that the client had before. */
  get isResumed(): boolean {
    return this.former !== undefined;
  }

  /** Puts it in the place of what is expected there. False: somebody else was first. */
  async claim(expect: string | undefined): Promise<boolean> {
    const put = await this.put(expect);
    if (put.done || put.found === undefined || !this.isOurs(put.found)) {
      return put.done;
    }
    // It was put there before, and the answer was lost.
    return (await this.put(put.found.revision)).done;
  }

  /** Keeps it while its client is here. `lost`: another attachment has it now. */
  keep(lost: () => void): void {
    this.cancel = this.hub.clock.after(this.hub.limits.sessionMs / 3, () => {
      this.renewing = this.renew(lost);
    });
  }

  /** The client may come back, from now on for as long as the limit says. */
  end(): void {
    this.cancel?.();
    this.cancel = undefined;
    if (this.revision !== undefined) {
      // When it fails, what is left of the lease is all there is.
      void this.lengthen().catch(() => undefined);
    }
  }

  /** Nobody may come back, from now on. */
  revoke(): void {
    this.cancel?.();
    this.cancel = undefined;
    // What is under way may change what is claimed. When it fails, nodes know of the order for as long as the lease goes on.
    void this.renewing.then(() => this.release()).catch(() => undefined);
  }

  /** Nobody was told its secret: a fresh one is nobody's, and of one that goes on the former secret is as good as before. */
  giveUp(): void {
    void this.takeBack().catch(() => undefined);
  }

  private async takeBack(): Promise<void> {
    const { revision, formerHash, held } = this;
    if (formerHash !== undefined) {
      this.held = { ...held, secretHash: formerHash };
      await this.put(revision);
    } else {
      await this.release();
    }
  }

  private async release(): Promise<void> {
    if (this.revision !== undefined) {
      await this.hub.broker.claims.release(keyOf(this.id), this.revision);
    }
  }

  private async put(expect: string | undefined): Promise<Put> {
    const { broker, limits } = this.hub;
    const options = { expect, leaseMs: limits.sessionMs };
    const put = await broker.claims.put(keyOf(this.id), JSON.stringify(this.held), options);
    this.revision = put.done ? put.revision : this.revision;
    return put;
  }

  /** No other stay has this secret. */
  private isOurs(claim: Claim): boolean {
    return heldIn(claim)?.secretHash === this.held.secretHash;
  }

  private async renew(lost: () => void): Promise<void> {
    const { cancel } = this;
    try {
      // A lease that ended unnoticed, as when the machine was asleep, is taken again, unless somebody else has it.
      const isHeld = (await this.hold()) || (await this.claim(undefined));
      if (!isHeld) {
        lost();
        return;
      }
    } catch (error) {
      this.hub.notes.failed(error);
    }
    if (this.cancel === cancel && cancel !== undefined) {
      this.keep(lost);
    }
  }

  private hold(): Promise<boolean> {
    const { node } = this.hub.post;
    const orders = this.hub.ordersUpTo();
    if (this.held.node === node && isSame(this.held.orders, orders)) {
      return this.lengthen();
    }
    // Whoever looks for this session must find the node by its present name, and what the session outlived.
    this.held = { ...this.held, node, orders };
    return this.claim(this.revision);
  }

  private async lengthen(): Promise<boolean> {
    const { broker, limits } = this.hub;
    return (
      this.revision !== undefined &&
      broker.claims.renew(keyOf(this.id), this.revision, limits.sessionMs)
    );
  }
}

export interface Returning {
  readonly user: string;
  readonly resume: { readonly session: string; readonly secret: string } | undefined;
}

/** The stay that is asked for, if that is this user's and the secret is good; else a fresh one. */
export async function beginStay(hub: Inside, { user, resume }: Returning): Promise<Stay> {
  try {
    const resumed = resume === undefined ? undefined : await takeOver(hub, user, resume);
    if (resumed !== undefined) {
      return resumed;
    }
  } catch (error) {
    hub.notes.failed(error);
  }
  const id = hub.ids.next();
  const fresh = stayFor(hub, { id, user, generation: 1 });
  await fresh.claim(undefined).catch(hub.notes.failed);
  return fresh;
}

async function takeOver(
  hub: Inside,
  user: string,
  { session: id, secret }: { readonly session: string; readonly secret: string },
): Promise<Stay | undefined> {
  if (!idShape.test(id)) {
    return undefined;
  }
  const claim = await hub.broker.claims.get(keyOf(id));
  const held = claim === undefined ? undefined : heldIn(claim);
  if (claim === undefined || held?.user !== user || held.secretHash !== digest(secret)) {
    return undefined;
  }
  if (hub.revoked.hasEnded({ user, session: id }, held.orders)) {
    await hub.broker.claims.release(keyOf(id), claim.revision);
    return undefined;
  }
  const stay = stayFor(hub, { id, user, generation: held.generation + 1, before: held });
  // Of several who show the same secret at once, one replaces this revision.
  const claiming = stay.claim(claim.revision).catch((error: unknown) => {
    hub.notes.failed(error);
    // It may be done. Once more, since its secret is known to nobody then, and the former one is good no more.
    return stay.claim(claim.revision);
  });
  return (await claiming) ? stay : undefined;
}

/** Ends a stay whose client is away. One that is attached somewhere is ended there. */
export async function endStay({ broker }: Pick<Inside, 'broker'>, id: string): Promise<void> {
  const { claims } = broker;
  const claim = idShape.test(id) ? await claims.get(keyOf(id)) : undefined;
  if (claim !== undefined) {
    await claims.release(keyOf(id), claim.revision);
  }
}

interface StayFor extends Pick<Held, 'user' | 'generation'> {
  readonly id: string;
  /** The stay that goes on. */
  readonly before?: Held;
}

function stayFor(hub: Inside, { id, user, generation, before }: StayFor): Stay {
  const secret = hub.ids.secret();
  const secretHash = digest(secret);
  const orders = hub.ordersUpTo();
  const held: Held = { generation, node: hub.post.node, user, secretHash, orders };
  const former = before && { node: before.node, generation: before.generation };
  return new Stay(hub, held, { id, secret, former, formerHash: before?.secretHash });
}

function keyOf(id: string): string {
  return `${reservedMark}session:${id}`;
}

/** What stands there was written by a hub; of another version perhaps. */
function heldIn({ value }: Claim): Held | undefined {
  try {
    return JSON.parse(value) as Held;
  } catch {
    return undefined;
  }
}

function isSame(one: Position | undefined, other: Position | undefined): boolean {
  return one?.epoch === other?.epoch && one?.offset === other?.offset;
}
