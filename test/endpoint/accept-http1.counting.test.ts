import { describe, expect, it } from 'vitest';
import { answer, receive } from './reception.ts';
import { RawPeer, upgradeHead } from './support.ts';

describe('A1 beside routes: a server that counts fields itself, and drops the rest', () => {
  const fillers = (count: number): string => {
    let lines = '';
    for (let i = 0; i < count; i += 1) {
      lines += `${String.fromCharCode(97 + (i % 26))}${i % 10}: b\r\n`;
    }
    return lines;
  };

  it.each([10, 5])(
    'a server that counts to %i: a head that may be cut short is refused',
    async (most) => {
      const { port, server } = await receive();
      server.maxHeadersCount = most;
      expect(await answer(port, upgradeHead({ extra: fillers(most - 5) }))).toMatch(
        /^HTTP\/1\.1 431 /,
      );
    },
  );

  it('a server that counts to 10 takes nine', async () => {
    const { port, server } = await receive();
    server.maxHeadersCount = 10;
    await RawPeer.open(port, { extra: fillers(4) });
  });
});
