import { describe, expect, it } from 'vitest';
import { Endings } from '../../../src/hub/orders/endings.ts';
import type { Session } from '../../../src/hub/session/session.ts';
import type { Disconnect } from '../../../src/wire/index.ts';

function open() {
  const said: string[] = [];
  const sessions = new Map<string, Session>();
  for (const [id, user] of [
    ['s1', 'ann'],
    ['s2', 'ann'],
    ['s3', 'bob'],
  ] as const) {
    const end = (why: Disconnect): void => {
      // As hubs do: it is not among them any more.
      sessions.delete(id);
      said.push(`${id} ${why.name} ${why.reason}`);
    };
    sessions.set(id, { id, user, end } as unknown as Session);
  }
  const standing: Record<string, string> = { s1: 'ann', s3: 'bob', away: 'ann' };
  const endings = new Endings({
    register: { find: (id) => sessions.get(id), all: () => sessions.values() },
    away: { back: (id) => void said.push(`back ${id}`) },
    presence: () => ({
      sessions: (user) =>
        Object.keys(standing).filter((id) => user === undefined || standing[id] === user),
      ended: (id) => void said.push(`left ${id}`),
    }),
  });
  return { said, endings };
}

const why = 'the application has ended this session';

describe('what ends', () => {
  it('of a user: all that is here, and the places in rosters of who is away', () => {
    const { said, endings } = open();
    endings.revoke({ id: '1', kind: 'revoke', user: 'ann' });
    expect(said).toEqual([
      `s1 REVOKED ${why}`,
      `s2 REVOKED ${why}`,
      'back s1',
      'left s1',
      'back away',
      'left away',
    ]);
  });

  it('of one session, here or away, with the reason that was given', () => {
    const { said, endings } = open();
    endings.revoke({ id: '1', kind: 'revoke', session: 's3', reason: 'bye' });
    endings.revoke({ id: '2', kind: 'revoke', session: 'away' });
    expect(said).toEqual(['s3 REVOKED bye', 'back s3', 'left s3', 'back away', 'left away']);
  });

  it('when orders were missed: everybody, to come anew', () => {
    const { said, endings } = open();
    endings.missed();
    expect(said.filter((line) => line.includes('TOKEN_EXPIRED'))).toHaveLength(3);
    expect(said.filter((line) => line.startsWith('left'))).toHaveLength(3);
  });
});
