/**
 * A road of this tab that another holds: frames go by messages.
 * In: frames, and messages of who holds it. Out: messages, and what a road tells. Fails: who takes nothing is left.
 */
import type { Road, RoadListener } from '../transport.ts';
import { Flow } from './flow.ts';
import { type ToCarrier, type ToTab, type Tube, tabsVersion } from './messages.ts';
import type { Why } from './trunk.ts';

export interface RemoteSettings {
  /** The name of this tab. */
  readonly id: string;
  readonly number: number;
  readonly maxWaiting: number;
}

export class RemoteRoad implements Road {
  /** Whoever holds the road has heard that we want it. */
  isAnswered = false;
  private readonly settings: RemoteSettings;
  private readonly tube: Tube;
  private readonly listener: RoadListener;
  private readonly flow: Flow;
  private readonly over: () => void;
  private isOver = false;

  constructor(settings: RemoteSettings, tube: Tube, listener: RoadListener, over: () => void) {
    this.settings = settings;
    this.tube = tube;
    this.listener = listener;
    this.flow = new Flow(settings.maxWaiting);
    this.over = over;
  }

  /** Once more, when there was no answer: whoever has heard it already says so. */
  ask(subprotocols: readonly string[]): void {
    this.say({ type: 'open', subprotocols });
  }

  send(frame: string | Uint8Array): void {
    if (this.isOver) {
      return;
    }
    if (this.flow.send(frame)) {
      this.say({ type: 'send', frame });
    } else {
      this.close(1000, '');
      this.listener.closed({ code: 1006, reason: 'the tab that holds the road takes nothing' });
    }
  }

  close(code: number, reason: string): void {
    if (!this.isOver) {
      this.say({ type: 'close', code, reason });
      this.end();
    }
  }

  received(message: Exclude<ToTab, { readonly type: 'full' }>): void {
    this.isAnswered = true;
    switch (message.type) {
      case 'coming':
        break;
      case 'opened':
        this.listener.opened();
        break;
      case 'heard':
        this.heard(message.frame);
        break;
      case 'better':
        this.listener.better?.();
        break;
      case 'taken':
        this.flow.taken(message.length);
        break;
      case 'closed':
        this.lost({ code: message.code, reason: message.reason });
        break;
    }
  }

  lost(why: Why): void {
    if (!this.isOver) {
      this.end();
      this.listener.closed(why);
    }
  }

  private heard(frame: string | Uint8Array): void {
    const length = this.flow.take(frame);
    if (length > 0) {
      this.say({ type: 'took', length });
    }
    this.listener.received(frame);
  }

  private end(): void {
    this.isOver = true;
    this.over();
  }

  private say(message: Said): void {
    const { id, number } = this.settings;
    this.tube.post({ ...message, road: number, v: tabsVersion, from: id });
  }
}

/** What a message says, without who says it of which road. */
type Said = ToCarrier extends infer Each
  ? Each extends ToCarrier
    ? Omit<Each, 'v' | 'from' | 'road'>
    : never
  : never;
