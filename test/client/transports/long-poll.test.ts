import { describe, expect, it } from 'vitest';
import { httpRoadDefaults, longPoll } from '../../../src/client/transports/long-poll.ts';

describe('longPoll', () => {
  it('is a transport by that name; what roads do is in http-road.test.ts', () => {
    expect(longPoll().name).toBe('long-poll');
  });

  it('wants a platform with fetch, and times above zero', () => {
    expect(() => longPoll({ fetch: null as never })).toThrow(
      expect.objectContaining({ code: 'TRANSPORT_MISSING' }),
    );
    for (const name of Object.keys(httpRoadDefaults)) {
      expect(() => longPoll({ [name]: 0 })).toThrow(
        expect.objectContaining({ code: 'OPTION_INVALID' }),
      );
    }
  });
});
