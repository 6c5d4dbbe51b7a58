/**
 * A SharedWorker in memory: a script that runs once for all tabs, until its process dies; then the next tab begins it anew.
 * In: a browser, and what the script does. Out: what the platform gives a tab. Cannot fail.
 */
import type { TabWorker, WorkerPort } from '../../../../src/client/transports/shared-tabs/index.ts';
import type { WorkerScope } from '../../../../src/client/transports/shared-tabs/worker.ts';
import type { Browser, Tab } from './world.ts';

type Listener = (event: { readonly data: unknown }) => void;

export class SharedScript {
  /** The processes there were, the present one last. */
  readonly lives: Tab[] = [];
  private readonly browser: Browser;
  private readonly script: (scope: WorkerScope, life: Tab) => void;
  private connect: ((event: { readonly ports: readonly WorkerPort[] }) => void) | undefined;

  constructor(browser: Browser, script: (scope: WorkerScope, life: Tab) => void) {
    this.browser = browser;
    this.script = script;
  }

  /** As `new SharedWorker` in this tab. */
  for(tab: Tab): TabWorker {
    if (this.lives.at(-1)?.isGone !== false) {
      const life = this.browser.tab(`worker-${this.lives.length}`);
      this.lives.push(life);
      this.script(
        {
          addEventListener: (_type, run) => {
            this.connect = run;
          },
        },
        life,
      );
    }
    const life = this.lives.at(-1)!;
    const [inTab, inWorker] = [new Port(tab), new Port(life)];
    inTab.other = inWorker;
    inWorker.other = inTab;
    const connect = this.connect;
    this.browser.clock.after(1, () => life.run(() => connect?.({ ports: [inWorker] })));
    return { port: inTab, addEventListener: () => undefined };
  }
}

class Port implements WorkerPort {
  other!: Port;
  private readonly tab: Tab;
  private readonly listeners: Listener[] = [];
  private waiting: unknown[] = [];
  private phase: 'new' | 'started' | 'closed' = 'new';

  constructor(tab: Tab) {
    this.tab = tab;
  }

  postMessage(message: unknown): void {
    const data: unknown = structuredClone(message);
    if (this.phase !== 'closed') {
      this.tab.clock.after(1, () => this.other.tab.run(() => this.other.deliver(data)));
    }
  }

  addEventListener(_type: 'message', run: Listener): void {
    this.listeners.push(run);
  }

  start(): void {
    this.phase = 'started';
    for (const data of this.waiting.splice(0)) {
      this.deliver(data);
    }
  }

  close(): void {
    this.phase = 'closed';
  }

  private deliver(data: unknown): void {
    if (this.phase === 'new') {
      this.waiting.push(data);
    } else if (this.phase === 'started') {
      for (const listener of this.listeners) {
        listener({ data });
      }
    }
  }
}
