/**
 * The calls of clients under way on this node (docs/1-learn/guarantees.md, Calls).
 * In: calls and cancellations, in any order and as often as clients send them. Out: for each call one answer, told as often as it was asked;
 * no handler runs twice for one id, on whatever nodes it is asked for. Fails: never; `start` as the bus does.
 */
import type { Call, Cancel as CancelCall } from '../../wire/index.ts';
import { Budgets } from '../budgets.ts';
import { Counts } from '../counts.ts';
import type { Method, Methods } from './methods.ts';
import { type Caller, type CallNeeds, callsTopic, OneCall } from './one-call.ts';

/** Of methods only what the application itself gave: nothing that objects inherit. */
export function methodsByName(methods: Methods = {}): ReadonlyMap<string, Method> {
  return new Map(Object.entries(methods));
}

/** One for each hub. A call belongs to its session, not to a connection: it goes on while its client is away. */
export class Calls {
  private readonly needs: CallNeeds;
  private readonly calls = new Map<string, OneCall>();
  private readonly ofSession = new Counts();
  private readonly ofUser: Budgets;
  private unfollow: (() => void) | undefined;

  constructor(needs: CallNeeds) {
    const { maxCallsPerUser: most, maxCallMs, callsKeptMs } = needs.limits;
    this.needs = needs;
    this.ofUser = new Budgets(needs.clock, { most, perMs: maxCallMs + callsKeptMs });
  }

  /** Those whose handler has not returned included. */
  get size(): number {
    return this.calls.size;
  }

  /** From when it resolves, cancellations that reach other nodes are heard. */
  async start(): Promise<void> {
    const { post } = this.needs;
    this.unfollow = await post.follow(callsTopic(post.node), (message) => this.hear(message));
  }

  /** The node has another name from now on. Others have given up what runs here; what is called next is cancelled under the new name. */
  async restart(): Promise<void> {
    const before = this.unfollow;
    await this.start();
    before?.();
  }

  /** Resolves when the caller was told how it ended. */
  async call(caller: Caller, request: Call): Promise<void> {
    const name = nameOf(caller, request);
    const known = this.calls.get(name);
    if (known !== undefined) {
      known.attach(caller);
      await known.ended;
    } else if (this.isFull(caller)) {
      const message = 'too many calls are under way';
      const { id } = request;
      caller.tell({ type: 'error', id, code: 'TOO_MANY_REQUESTS', message, retryable: true });
      this.needs.notes.refused(caller.id, 'TOO_MANY_REQUESTS');
    } else {
      await this.begin(name, caller, request);
    }
  }

  /** Of a call that is not known here nothing is said: its client has left it, and its deadline ends it. */
  cancel(caller: Caller, request: CancelCall): void {
    this.calls.get(nameOf(caller, request))?.cancel();
  }

  /** Nothing more is heard. Resolves when it is kept of every call that its answer will never be known; handlers are not waited for. */
  async stop(): Promise<void> {
    this.unfollow?.();
    this.unfollow = undefined;
    await Promise.all([...this.calls.values()].map((call) => call.abandon()));
  }

  private isFull({ id, whom }: Caller): boolean {
    const { maxCalls, maxCallsOfSession } = this.needs.limits;
    const isFull = this.calls.size >= maxCalls || this.ofSession.of(id) >= maxCallsOfSession;
    // Asked last: what is refused takes nothing of it.
    return isFull || !this.ofUser.take(whom.user);
  }

  private begin(name: string, caller: Caller, request: Call): Promise<void> {
    const call = new OneCall(caller, request, this.needs);
    // Before anything is awaited: the same call may come again in the same turn.
    this.calls.set(name, call);
    this.ofSession.add(caller.id);
    void call.work().then(() => this.forget(name, caller.id));
    return call.ended;
  }

  private forget(name: string, session: string): void {
    this.calls.delete(name);
    this.ofSession.remove(session);
  }

  private hear(message: unknown): void {
    const { cancel } = message as { readonly cancel: string };
    this.calls.get(cancel)?.cancel();
  }
}

function nameOf({ id: session }: Caller, { id }: { readonly id: number }): string {
  return `${session}:${id}`;
}
