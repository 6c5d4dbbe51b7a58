/**
 * Ways to the server: a websocket, and what there is where websockets do not get through.
 * In: the name of one, or none. Out: that one alone; without a name all of them, the best first. Cannot fail: an unknown name is none.
 */
import { type ClientTransport, websocket } from 'tautline/client';
import { ladder } from 'tautline/client/ladder';
import { longPoll } from 'tautline/client/long-poll';
import { sse } from 'tautline/client/sse';

const ways: Readonly<Record<string, () => ClientTransport>> = {
  websocket: () => websocket(),
  sse: () => sse(),
  'long-poll': () => longPoll(),
};

export function wayBy(name: string | null): ClientTransport {
  const one = name !== null && Object.hasOwn(ways, name) ? ways[name] : undefined;
  return one === undefined ? ladder(Object.values(ways).map((make) => make())) : one();
}
