import { describe, expect, it } from 'vitest';
import { commonHeaders, json, refusal } from '../../src/transports/http-answers.ts';

describe('answers', () => {
  it('a refusal has a status, a code and a sentence', () => {
    expect(refusal('ROAD_HOLE', 'a hole', { received: 3 })).toEqual({
      ...json(409, { code: 'ROAD_HOLE', message: 'a hole', received: 3 }),
      headers: {},
    });
  });

  it('those that must say more do', () => {
    expect(refusal('ROAD_METHOD_UNKNOWN', 'x').headers).toEqual({
      Allow: 'DELETE, GET, OPTIONS, POST',
    });
    expect(refusal('TOO_MANY_ROADS', 'x').headers).toEqual({ 'Retry-After': '5' });
  });

  it('D17: a page of another origin reads only what it was let in for', () => {
    expect(commonHeaders(undefined)).not.toHaveProperty('Access-Control-Allow-Origin');
    expect(commonHeaders('https://acme.dev')).toMatchObject({
      'Access-Control-Allow-Origin': 'https://acme.dev',
      Vary: 'Origin',
    });
  });
});
