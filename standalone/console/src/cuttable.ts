/**
 * A network that can be cut on purpose, to show what happens then.
 * In: the client's real way to the server. Out: the same, which `cut` breaks off, as a lost link would, and keeps down for a
 * while. Nothing else in the client knows of it.
 */
import type { ClientTransport, Clock, Road } from 'tautline/client';

export interface CuttableTransport extends ClientTransport {
  /** Breaks what is open, and lets nothing through for `forMs` milliseconds. */
  cut(forMs: number): void;
}

export function cuttable(transport: ClientTransport, clock: Clock): CuttableTransport {
  const open = new Set<() => void>();
  let downUntilMs = 0;

  return {
    name: transport.name,
    cut(forMs) {
      downUntilMs = clock.nowMs() + forMs;
      for (const lose of Array.from(open)) {
        lose();
      }
    },
    open(url, subprotocols, listener) {
      if (clock.nowMs() < downUntilMs) {
        const cancel = clock.after(0, () => listener.closed({ code: 1006, reason: 'cut' }));
        return { send() {}, close: cancel };
      }
      let isLost = false;
      const road: Road = transport.open(url, subprotocols, {
        opened: () => isLost || listener.opened(),
        received: (payload) => isLost || listener.received(payload),
        closed(why) {
          open.delete(lose);
          if (!isLost) {
            listener.closed(why);
          }
        },
      });
      const lose = (): void => {
        // As when the link is gone: nothing that is under way arrives, in either direction.
        isLost = true;
        open.delete(lose);
        road.close(1000, '');
        listener.closed({ code: 1006, reason: 'cut' });
      };
      open.add(lose);
      return {
        send: (text) => isLost || road.send(text),
        close: (code, reason) => road.close(code, reason),
      };
    },
  };
}
