import { describe, expect, it } from 'vitest';
import { judgeClaims } from '../../../src/auth/jwt/claims.ts';

const expected = { issuer: 'us', audience: ['chat', 'mail'], skewMs: 1_000, maxAgeMs: Infinity };
const atMs = 100_000_000;
const good = { iss: 'us', aud: 'mail', exp: 100_060 };

function judge(more: object, changed: object = {}) {
  return judgeClaims({ ...good, ...more }, { ...expected, ...changed }, atMs);
}

describe('RFC 7519 §4.1', () => {
  it('exp: it ends then, and as much later as clocks may differ', () => {
    expect(judge({})).toEqual({ expiresAtMs: 100_061_000 });
    expect(judge({ exp: 100_000.5 })).toEqual({ expiresAtMs: 100_001_500 });
    expect(judge({ exp: 99_999.001 })).toEqual({ expiresAtMs: 100_000_001 });
    expect(judge({ exp: 99_999 })).toEqual({ fault: 'TOKEN_EXPIRED' });
  });

  it('exp: until the end of the year 9999', () => {
    expect(judge({ exp: 253_402_300_799 })).toEqual({ expiresAtMs: 253_402_300_800_000 });
    expect(judge({ exp: 253_402_300_800 })).toEqual({ fault: 'TOKEN_CLAIMS_INVALID' });
    expect(judge({ exp: Infinity })).toEqual({ fault: 'TOKEN_CLAIMS_INVALID' });
    expect(judge({ exp: Number.NaN })).toEqual({ fault: 'TOKEN_CLAIMS_INVALID' });
  });

  it.each(['nbf', 'iat'])('%s: not before, but for what clocks may differ', (name) => {
    expect(judge({ [name]: 100_001 })).toEqual({ expiresAtMs: 100_061_000 });
    expect(judge({ [name]: 100_001.001 })).toEqual({ fault: 'TOKEN_TOO_EARLY' });
    expect(judge({ [name]: '1' })).toEqual({ fault: 'TOKEN_CLAIMS_INVALID' });
  });

  it('aud: one of several, or among several', () => {
    expect(judge({ aud: 'chat' })).toHaveProperty('expiresAtMs');
    expect(judge({ aud: ['x', 'chat'] })).toHaveProperty('expiresAtMs');
    expect(judge({ aud: ['x'] })).toEqual({ fault: 'TOKEN_CLAIMS_INVALID' });
    expect(judge({ aud: 'chat mail' })).toEqual({ fault: 'TOKEN_CLAIMS_INVALID' });
  });
});

describe('an age at most', () => {
  it('counts from iat, which must be there', () => {
    const maxAgeMs = 30_000;
    expect(judge({ iat: 99_990 }, { maxAgeMs })).toEqual({ expiresAtMs: 100_021_000 });
    expect(judge({ iat: 99_969.001 }, { maxAgeMs })).toEqual({ expiresAtMs: 100_000_001 });
    expect(judge({ iat: 99_969 }, { maxAgeMs })).toEqual({ fault: 'TOKEN_EXPIRED' });
    expect(judge({}, { maxAgeMs })).toEqual({ fault: 'TOKEN_CLAIMS_INVALID' });
  });

  it('does not make a token last longer than it says', () => {
    expect(judge({ iat: 99_999 }, { maxAgeMs: 1e9 })).toEqual({ expiresAtMs: 100_061_000 });
  });
});
