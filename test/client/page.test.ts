import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { whenPageReturns } from '../../src/client/page.ts';
import { connectedWorld, startWorld } from './world.ts';

class FakePage extends EventTarget {
  visibilityState = 'visible';
}
let page: FakePage;
let windowEvents: EventTarget;

beforeEach(() => {
  page = new FakePage();
  windowEvents = new EventTarget();
  vi.stubGlobal('document', page);
  for (const name of ['addEventListener', 'removeEventListener'] as const) {
    vi.stubGlobal(name, windowEvents[name].bind(windowEvents));
  }
});
afterEach(() => vi.unstubAllGlobals());

function look(visibilityState: string): void {
  page.visibilityState = visibilityState;
  page.dispatchEvent(new Event('visibilitychange'));
}

describe('hints of a page', () => {
  it('come when it is online again and when it is looked at again, until stopped', () => {
    let hints = 0;
    const stop = whenPageReturns(() => {
      hints += 1;
    });
    windowEvents.dispatchEvent(new Event('online'));
    expect(hints).toBe(1);
    look('hidden');
    expect(hints).toBe(1);
    look('visible');
    expect(hints).toBe(2);
    stop();
    windowEvents.dispatchEvent(new Event('online'));
    look('visible');
    expect(hints).toBe(2);
  });

  it('do not come where there is no page', () => {
    vi.unstubAllGlobals();
    vi.stubGlobal('addEventListener', undefined);
    expect(() => whenPageReturns(() => {})()).not.toThrow();
  });

  it('a client that waits connects when the page is online again', () => {
    const { client, roads, road } = startWorld();
    road().end();
    expect(client.status).toBe('waiting');
    windowEvents.dispatchEvent(new Event('online'));
    expect(client.status).toBe('connecting');
    expect(roads).toHaveLength(2);
  });

  it('a connected client asks the server when the page is looked at again', () => {
    const { road, clock } = connectedWorld();
    road().say({ type: 'pong', id: road().last('ping').id });
    clock.advance(1_000);
    look('visible');
    expect(road().all('ping')).toHaveLength(2);
  });

  it('a closed client hears nothing more', () => {
    const { client, roads } = startWorld();
    client.close();
    windowEvents.dispatchEvent(new Event('online'));
    expect([client.status, roads.length]).toEqual(['closed', 1]);
  });
});
