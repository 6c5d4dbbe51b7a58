import { describe, expect, it } from 'vitest';
import { maxPlaces, Places } from '../../../src/hub/app/places.ts';
import { chat } from './chat.ts';

const room = { authorize: () => true };
const given = { channels: { 'chat/:room': room, 'price/:symbol': room, cursors: room } };

describe('places', () => {
  it('know a channel by its name: what the contract says of it, and what the application', () => {
    const places = new Places(chat, given);
    const place = places.find('chat/a=20b');
    expect(place).toMatchObject({
      name: 'chat/a=20b',
      pattern: 'chat/:room',
      params: { room: 'a b' },
      kind: 'log',
    });
    expect(place?.given).toBe(room);
    expect(places.find('chat/a=20b')).toBe(place);
    expect(places.at('chat/:room', { room: 'a b' })).toBe(place);
    expect(places.at('cursors')).toMatchObject({ name: 'cursors', kind: 'signals' });
  });

  it('know nothing else, and remember nothing of it', () => {
    const places = new Places(chat, given);
    for (const name of ['', 'chat', 'chat/', 'chat/:room/x', 'constructor', '~inbox']) {
      expect(places.find(name)).toBeUndefined();
    }
    expect(places.size).toBe(0);
  });

  it('refuse patterns and parameters of the server that are none', () => {
    const places = new Places(chat, given);
    const wrong = [
      () => places.at('chat/:roam', { roam: '1' }),
      () => places.at('chat/1'),
      () => places.at('chat/:room', {}),
      () => places.at('chat/:room', { room: '' }),
    ];
    for (const one of wrong) {
      expect(one).toThrow(expect.objectContaining({ code: 'PARAMS_INVALID' }));
    }
  });

  it(`remember ${maxPlaces} names, and of more those that came last`, () => {
    const places = new Places(chat, given);
    const first = places.find('chat/0');
    for (let n = 1; n < maxPlaces; n += 1) {
      places.find(`chat/${n}`);
    }
    expect(places.size).toBe(maxPlaces);
    expect(places.find('chat/0')).toBe(first);
    places.find(`chat/${maxPlaces}`);
    expect(places.size).toBe(maxPlaces);
    expect(places.find('chat/0')).not.toBe(first);
    expect(places.find('chat/0')).toEqual(first);
  });
});
