import { describe, expect, it } from 'vitest';
import {
  type Refusal,
  refusalResponse,
  refusals,
} from '../../../src/protocol/handshake/refusals.ts';
import { UsageError } from '../../../src/protocol/usage-error.ts';

function codeOf(call: () => unknown): string | undefined {
  try {
    call();
  } catch (error) {
    return error instanceof UsageError ? error.code : String(error);
  }
  return undefined;
}

describe('§4.2.2, §4.4 a refusal', () => {
  it('of the version or of a plain request is a 426 that names what is spoken', () => {
    for (const refusal of [refusals.VERSION_UNSUPPORTED, refusals.UPGRADE_MISSING]) {
      expect(refusal.status).toBe(426);
      const text = refusalResponse(refusal);
      expect(text).toMatch(/^HTTP\/1\.1 426 Upgrade Required\r\n/);
      expect(text).toContain('\r\nSec-WebSocket-Version: 13\r\n');
      expect(text).toContain('\r\nUpgrade: websocket\r\n');
    }
  });

  it('A9: closes, and has exactly the body it announces', () => {
    const odd: Refusal = { name: 'REFUSED', status: 418, message: 'né €\nfour' };
    for (const refusal of [...Object.values(refusals), odd]) {
      const bytes = Buffer.from(refusalResponse(refusal), 'latin1');
      const end = bytes.indexOf('\r\n\r\n') + 4;
      const head = bytes.subarray(0, end).toString('latin1');
      expect(head).toContain('\r\nConnection: close\r\n');
      expect(head).toContain(`\r\nContent-Length: ${bytes.length - end}\r\n`);
      expect(bytes.subarray(end).toString()).toBe(`${refusal.message}\n`);
      expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${refusal.status} [A-Z]`));
    }
    expect(refusalResponse(refusals.METHOD_NOT_GET)).toContain('\r\nAllow: GET\r\n');
  });

  it('cannot be made to stay open, or to say two things', () => {
    const refusal = { name: 'REFUSED', status: 401, message: 'No.' } as const;
    const wrong = ['Connection', 'content-length', 'Transfer-Encoding', 'X A', 'content-type'];
    for (const name of wrong) {
      const headers = { [name]: 'x' };
      expect(codeOf(() => refusalResponse({ ...refusal, headers }))).toBe('HEADER_INVALID');
    }
    const headers = { 'WWW-Authenticate': 'Bearer' };
    expect(refusalResponse({ ...refusal, headers })).toContain('\r\nWWW-Authenticate: Bearer\r\n');
  });

  it('has one name each, and the status that goes with it', () => {
    const rows = Object.entries(refusals).map(([name, row]) => [name === row.name, row.status]);
    expect(rows).toEqual(
      [405, 505, 400, 426, 400, 426, 400, 400, 400, 403, 403, 404].map((s) => [true, s]),
    );
  });
});
