/**
 * Who is in, by the name of the session: so that whoever comes again elsewhere fences the attachment that was here.
 * In: sessions that enter and end; names that were taken over, here or on other nodes. Out: FENCED, for the former holder. Fails: `listen`
 * as the bus does. A fence that the bus loses is found by the former holder when it renews its claim.
 */
import type { Post } from '../../ports/index.ts';
import { disconnects } from '../../wire/index.ts';
import type { Notes } from '../notes.ts';
import type { Session } from './session.ts';
import type { Former } from './stay.ts';

interface Fence {
  readonly fence: string;
  /** Of whoever is fenced. */
  readonly generation: number;
}

export class Register {
  private readonly post: Post;
  private readonly notes: Pick<Notes, 'failed'>;
  private readonly byId = new Map<string, Session>();
  private unfollow: (() => void) | undefined;

  constructor(post: Post, notes: Pick<Notes, 'failed'>) {
    this.post = post;
    this.notes = notes;
  }

  /** From when it resolves, other nodes are heard, under the present name of this one. */
  async listen(): Promise<void> {
    const before = this.unfollow;
    this.unfollow = await this.post.follow(topicOf(this.post.node), (message) => {
      const { fence, generation } = message as Partial<Fence>;
      if (typeof fence === 'string' && typeof generation === 'number') {
        this.fenceHere(fence, generation);
      }
    });
    before?.();
  }

  find(id: string): Session | undefined {
    return this.byId.get(id);
  }

  all(): Iterable<Session> {
    return this.byId.values();
  }

  add(session: Session): void {
    this.byId.set(session.id, session);
  }

  remove(session: Session): void {
    if (this.byId.get(session.id) === session) {
      this.byId.delete(session.id);
    }
  }

  fence(session: string, { node, generation }: Former): void {
    // Looked for here first: this node may have had another name when the session came.
    if (!this.fenceHere(session, generation) && node !== this.post.node) {
      const message: Fence = { fence: session, generation };
      void this.post.send(topicOf(node), message).catch(this.notes.failed);
    }
  }

  /** False: it is not here. */
  private fenceHere(id: string, generation: number): boolean {
    const session = this.byId.get(id);
    if (session === undefined || session.generation > generation) {
      return false;
    }
    session.end(disconnects.FENCED);
    return true;
  }
}

function topicOf(node: string): string {
  return `~node:${node}`;
}
