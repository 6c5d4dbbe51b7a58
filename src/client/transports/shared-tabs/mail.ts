/**
 * Messages between the tabs of one user: a channel for all of them, and one for each, so that no tab is sent what is for another.
 * In: messages. Out: those for this tab. Fails: what cannot be posted is lost, as what is posted to a tab that has gone.
 */
import { readTabMessage, type TabMessage, type Tube } from './messages.ts';

/** `BroadcastChannel`, as far as it is used. */
export interface TabChannel {
  postMessage(message: unknown): void;
  addEventListener(type: 'message', run: (event: { readonly data: unknown }) => void): void;
  close(): void;
}

/** How a channel between tabs is made, by its name, such as `(name) => new BroadcastChannel(name)`. */
export type MakeChannel = (name: string) => TabChannel;

export class Mail {
  private readonly make: MakeChannel;
  private readonly name: string;
  private readonly common: TabChannel;
  private readonly own: TabChannel;

  constructor(make: MakeChannel, name: string, id: string, received: (one: TabMessage) => void) {
    this.make = make;
    this.name = name;
    this.common = make(name);
    this.own = make(`${name}:${id}`);
    for (const channel of [this.common, this.own]) {
      channel.addEventListener('message', ({ data }) => {
        const message = readTabMessage(data);
        if (message !== undefined && message.from !== id) {
          received(message);
        }
      });
    }
  }

  toAll(message: TabMessage): void {
    post(this.common, message);
  }

  tubeTo(id: string): Tube {
    const channel = this.make(`${this.name}:${id}`);
    return { post: (message) => post(channel, message), close: () => channel.close() };
  }

  close(): void {
    this.common.close();
    this.own.close();
  }
}

/** Also by ports of a worker. */
export function post(channel: Pick<TabChannel, 'postMessage'>, message: TabMessage): void {
  try {
    channel.postMessage(message);
  } catch {
    // It is closed, or the machine has no memory for it: the other side will find that nothing comes.
  }
}
