import { describe, expect, it } from 'vitest';
import type { ClientTransport } from '../../../src/client/transports/transport.ts';
import { messageOf } from '../../../src/testing/memory-network/client-end.ts';
import { makeWorld, told } from './world.ts';

describe('the client’s end', () => {
  it('is a transport of the client, by its shape', () => {
    const transport: ClientTransport = makeWorld().network.transport('phone');
    expect(transport.name).toBe('memory');
  });

  it('tells nothing before open has returned, not even of a URL that is none', async () => {
    const { visit, turn } = makeWorld();
    const guest = visit('phone', 'http://server/');
    expect(guest.seen).toEqual([]);
    guest.sendText('x');
    guest.close();
    await turn(0);
    expect(guest.seen).toEqual([[0, 'closed', 1006, 'this is no ws: URL']]);
  });

  it('says nothing before it is open, and nothing after it closed', async () => {
    const { visit, turn, hall } = makeWorld();
    const guest = visit();
    guest.say(1);
    await turn(0);
    guest.close();
    guest.say(2);
    await turn(0);
    guest.say(3);
    expect(hall.seen).toEqual([
      [0, 'opened', 'memory', 'phone'],
      [0, 'closed'],
    ]);
  });

  it('hears nothing any more once it closes, and ends when the server has answered', async () => {
    const { visit, turn, hall, clock } = makeWorld({ delayMs: 10 });
    const guest = visit();
    await turn(20);
    hall.tell(1);
    guest.close(4321, 'enough');
    await turn(100);
    expect(guest.seen).toEqual([
      [20, 'opened'],
      [40, 'closed', 4321, 'enough'],
    ]);
    expect(hall.seen.at(-1)).toEqual([30, 'closed']);
    expect(clock.pending).toBe(0);
  });

  it('ends at once when it closes before it is open, and the server sees it come and go', async () => {
    const { visit, turn, hall, network } = makeWorld({ delayMs: 10 });
    const guest = visit();
    guest.close();
    expect(guest.seen).toEqual([]);
    await turn(100);
    expect(guest.seen).toEqual([[0, 'closed', 1006, '']]);
    expect(hall.seen).toEqual([
      [10, 'opened', 'memory', 'phone'],
      [10, 'closed'],
    ]);
    expect(network.roads()).toEqual([]);
  });

  it('is patient for so long, then ends with 1006', async () => {
    const { visit, turn, network, clock } = makeWorld({ closeWithinMs: 300 });
    const guest = visit();
    await turn(0);
    network.set({ swallow: 'both' });
    guest.close();
    await turn(299);
    expect(guest.seen).toEqual([[0, 'opened']]);
    await turn(1);
    expect(guest.seen.at(-1)).toEqual([300, 'closed', 1006, 'the close was not answered']);
    guest.close();
    await turn(1_000);
    expect([guest.seen.length, clock.pending]).toEqual([2, 0]);
  });

  it('that gave up takes with it what it could not send, and the server learns of the end', async () => {
    const { visit, turn, network, hall } = makeWorld({ closeWithinMs: 300 });
    const guest = visit();
    await turn(0);
    network.partition(['phone'], ['server']);
    guest.say(1);
    guest.close();
    await turn(1_000);
    network.heal();
    await turn(0);
    expect(guest.seen.at(-1)).toEqual([300, 'closed', 1006, 'the close was not answered']);
    expect(hall.seen.slice(1)).toEqual([[1_000, 'closed']]);
  });

  it('is not told twice when it is cut while it waits for the answer', async () => {
    const { visit, turn, network, clock } = makeWorld();
    const guest = visit();
    await turn(0);
    guest.close();
    network.cut();
    await turn(0);
    expect(clock.pending).toBe(0);
    await turn(10_000);
    expect(guest.seen.filter(([, what]) => what === 'closed')).toHaveLength(1);
  });

  it.each([999, 1001, 1006, 2999, 3000.5, 5000])('does not close with %d', async (code) => {
    const { visit } = makeWorld();
    const wrong = () => visit().close(code);
    expect(wrong).toThrow(expect.objectContaining({ code: 'CLOSE_CODE_INVALID' }));
  });

  it.each([1000, 3000, 4999])('closes with %d', async (code) => {
    const { visit, turn } = makeWorld();
    const guest = visit();
    await turn(0);
    guest.close(code);
    await turn(0);
    expect(guest.seen.at(-1)).toEqual([0, 'closed', code, '']);
  });

  it('has 123 bytes for a reason, as a frame has', async () => {
    const { visit, turn, network } = makeWorld();
    const guest = visit();
    await turn(0);
    const error = expect.objectContaining({ code: 'CLOSE_REASON_TOO_LONG' });
    expect(() => guest.close(1000, `${'ü'.repeat(61)}ab`)).toThrow(error);
    expect(() => network.roads()[0]!.close(1013, 'x'.repeat(124))).toThrow(error);
    guest.close(1000, `${'ü'.repeat(61)}a`);
    await turn(0);
    expect(guest.seen.at(-1)).toEqual([0, 'closed', 1000, `${'ü'.repeat(61)}a`]);
  });

  it('knocks at no door any more when it gives up behind a partition', async () => {
    const { visit, turn, network, hall } = makeWorld({ maxRoads: 2 });
    visit();
    await turn(0);
    hall.seen.length = 0;
    network.partition(['phone'], ['server']);
    for (let attempt = 0; attempt < 100; attempt += 1) {
      const guest = visit();
      await turn(10_000);
      guest.close();
      await turn(0);
      expect(guest.seen.at(-1)).toEqual([expect.any(Number), 'closed', 1006, '']);
    }
    expect(network.roads()).toHaveLength(1);
    network.heal();
    await turn(10_000);
    expect(hall.seen).toEqual([]);
  });

  it('ends with what the server closes with, and answers it', async () => {
    const { visit, turn, hall, clock, network } = makeWorld();
    const guest = visit();
    await turn(0);
    hall.tell(7);
    hall.outlets[0]!.close({ code: 4001, name: 'TOO_SLOW', reason: 'too slow' });
    await turn(0);
    expect(guest.seen.at(-1)).toEqual([0, 'closed', 4001, 'too slow']);
    expect(guest.seen.some(([, what, text]) => what === 'received' && text !== told(7))).toBe(true);
    expect(hall.seen.at(-1)).toEqual([0, 'closed']);
    expect([clock.pending, network.roads()]).toEqual([0, []]);
  });
});

describe('what is sent', () => {
  it.each(['', 'abc', 'é', '€', '𐍈', 'a€𐍈é'])('%j has as many bytes as in UTF-8', (text) => {
    expect(messageOf(text).bytes).toBe(new TextEncoder().encode(text).length);
  });

  it.each([
    ['\ud800', '\ufffd'],
    ['a\udfffb\ud800', 'a\ufffdb\ufffd'],
    ['\ud83d\ude00', '😀'],
  ])('%j comes as a websocket brings it: no half of a character', (text, payload) => {
    expect(messageOf(text)).toEqual({
      kind: 'message',
      payload,
      bytes: new TextEncoder().encode(text).length,
    });
  });

  it('is a copy of the bytes', () => {
    const payload = new Uint8Array([1, 2, 3]);
    const parcel = messageOf(payload);
    payload[0] = 9;
    expect(parcel).toEqual({ kind: 'message', payload: new Uint8Array([1, 2, 3]), bytes: 3 });
  });
});
