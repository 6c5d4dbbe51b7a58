import { describe, expect, it } from 'vitest';
import { AppError, saidOf } from '../../../src/hub/app/errors.ts';

describe('an error of the application', () => {
  it('names the field that is wrong, in words and as data', () => {
    const issues = [
      { path: 'items[1].text', message: 'too long' },
      { path: '', message: 'too many' },
    ];
    const error = new AppError('PAYLOAD_INVALID', 'the event "message" does not take this', issues);
    expect(error).toMatchObject({ name: 'AppError', code: 'PAYLOAD_INVALID', issues });
    expect(error.message).toBe('the event "message" does not take this: items[1].text: too long');
    expect(new AppError('APP_NOT_BOUND', 'no hub')).toMatchObject({
      message: 'no hub',
      issues: [],
    });
  });

  it('has words for the value itself, and for a schema that says nothing', () => {
    expect(saidOf([{ path: '', message: 'not a string' }])).toBe('not a string');
    expect(saidOf([])).toBe('it does not fit its schema');
  });
});
