import { describe, expect, it } from 'vitest';
import { BrokerError } from '../../src/ports/index.ts';

describe('BrokerError', () => {
  it('says what happened, and whether asking again may help', () => {
    const error = new BrokerError('BROKER_FULL', 'no room for another channel', true);
    expect(error).toBeInstanceOf(Error);
    expect(`${error.name} ${error.code}: ${error.message}`).toBe(
      'BrokerError BROKER_FULL: no room for another channel',
    );
    expect(error.retryable).toBe(true);
    expect(new BrokerError('BROKER_STOPPED', '', false).retryable).toBe(false);
  });
});
