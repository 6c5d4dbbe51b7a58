import { describe, expect, it } from 'vitest';
import { httpRoadDefaults, sse } from '../../../src/client/transports/sse.ts';

describe('sse', () => {
  it('is a transport by that name; what roads do is in http-road.test.ts', () => {
    expect(sse().name).toBe('sse');
  });

  it('wants a platform with fetch, and times above zero', () => {
    expect(() => sse({ fetch: null as never })).toThrow(
      expect.objectContaining({ code: 'TRANSPORT_MISSING' }),
    );
    for (const name of Object.keys(httpRoadDefaults)) {
      expect(() => sse({ [name]: 0 })).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
    }
  });
});
