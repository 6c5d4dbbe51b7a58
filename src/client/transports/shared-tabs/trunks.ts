/**
 * The roads to the server that one holds for all: one, and for a moment two, when somebody has reason to want another.
 * In: those who want a road. Out: strands. Fails: as the roads do.
 */
import type { ClientTransport, Road, RoadListener } from '../transport.ts';
import { Trunk, type Why } from './trunk.ts';

export class Trunks {
  private readonly inner: ClientTransport;
  private readonly url: string;
  private readonly all = new Set<Trunk>();
  private current: Trunk | undefined;

  constructor(inner: ClientTransport, url: string) {
    this.inner = inner;
    this.url = url;
  }

  /** Of all of them. */
  get strands(): number {
    return [...this.all].reduce((sum, { size }) => sum + size, 0);
  }

  open(tab: string, subprotocols: readonly string[], listener: RoadListener): Road {
    if (this.current?.isGoodFor(tab) !== true) {
      this.current = this.another();
    }
    return this.current.open(tab, subprotocols, listener);
  }

  closeAll(why: Why): void {
    // Not those that are begun because of it.
    const all = [...this.all];
    for (const trunk of all) {
      trunk.closeAll(why);
    }
  }

  private another(): Trunk {
    const trunk: Trunk = new Trunk(this.inner, this.url, {
      // It serves: those who are on another come over, and then that one ends.
      spoken: () => {
        const all = [...this.all];
        for (const other of all) {
          if (other !== trunk && trunk === this.current) {
            other.better();
          }
        }
      },
      over: () => this.all.delete(trunk),
    });
    this.all.add(trunk);
    return trunk;
  }
}
