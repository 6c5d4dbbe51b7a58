/**
 * Tickets for plain EventSources, by real requests.
 */
import { describe, expect, it, onTestFinished } from 'vitest';
import { type TicketOptions, tickets } from '../../src/auth/index.ts';
import { memory } from '../../src/brokers/memory.ts';
import { createEndpoint, systemClock } from '../../src/endpoint/index.ts';
import { eventSource } from '../../src/gateways/event-source.ts';
import { createHub } from '../../src/hub/index.ts';
import { eventSourceTransport } from '../../src/transports/event-source.ts';

async function serve(options: Partial<TicketOptions> = {}) {
  const broker = memory();
  const { issue, check } = tickets({ claims: broker.claims, ...options });
  const policy = { connect: check, subscribe: () => true };
  const hub = createHub({ policy, broker, clock: systemClock });
  const endpoint = createEndpoint();
  eventSourceTransport({ endpoint, path: '/events', gateway: eventSource(), hub });
  await hub.start();
  const { port } = await endpoint.listen({ port: 0, host: '127.0.0.1' });
  onTestFinished(async () => {
    await endpoint.close({ withinMs: 0 });
    await hub.stop();
  });
  /** The status, after which the stream is left. */
  const ask = async (query: Record<string, string>): Promise<number> => {
    const words = new URLSearchParams(query);
    const response = await fetch(`http://127.0.0.1:${port}/events?${words.toString()}`);
    await response.body?.cancel();
    return response.status;
  };
  return { issue, ask };
}

describe('A12: a ticket in the address of an EventSource', () => {
  it('lets it in once', async () => {
    const { issue, ask } = await serve();
    const ticket = await issue({ user: 'ann' });
    expect(await ask({ channel: 'room:42', ticket })).toBe(200);
    expect(await ask({ channel: 'room:42', ticket })).toBe(403);
    expect(await ask({ channel: 'room:42' })).toBe(403);
  });

  it('that is for one channel lets it follow this one, as often as it comes back', async () => {
    const { issue, ask } = await serve({ once: false });
    const ticket = await issue({ user: 'ann' }, { channel: 'room:42' });
    expect(await ask({ channel: 'room:42', ticket })).toBe(200);
    expect(await ask({ channel: 'room:43', ticket })).toBe(403);
    expect(await ask({ channel: 'room:42', ticket, since: '' })).toBe(200);
  });
});
