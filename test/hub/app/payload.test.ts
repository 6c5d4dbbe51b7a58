import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { forbidden, payloadOf, unknownEvent } from '../../../src/hub/app/payload.ts';

describe('a payload', () => {
  it('is what the schema makes of it, at once or later', async () => {
    expect(await payloadOf(z.string().trim(), ' a ')).toEqual({ value: 'a' });
    const later = z.string().refine(async () => true);
    expect(await payloadOf(later, 'a')).toEqual({ value: 'a' });
  });

  it('that does not fit is refused: the first wrong field in words, all of them as details', async () => {
    const schema = z.object({ text: z.string(), by: z.string() });
    const { refused } = await payloadOf(schema, { text: 1 });
    expect(refused).toMatchObject({
      code: 'PAYLOAD_INVALID',
      message: expect.stringMatching(/^text: /),
      details: { issues: [{ path: 'text' }, { path: 'by' }] },
    });
  });

  it('says nothing of a value but its place: what was sent is not repeated', async () => {
    const { refused } = await payloadOf(z.object({ password: z.number() }), {
      password: 'hunter2',
    });
    expect(JSON.stringify(refused)).not.toContain('hunter2');
  });

  it('fails as its schema does', async () => {
    const throwing = z.string().refine(() => {
      throw new Error('no database');
    });
    await expect(payloadOf(throwing, 'a')).rejects.toThrow('no database');
  });
});

describe('a refusal', () => {
  it('says what the contract does not have', () => {
    expect(forbidden('no')).toEqual({ code: 'FORBIDDEN', message: 'no' });
    expect(unknownEvent('event', 'massage')).toEqual({
      code: 'EVENT_UNKNOWN',
      message: 'the contract has no event "massage" in this channel',
    });
    expect(unknownEvent('signal', undefined)).toEqual({
      code: 'EVENT_UNKNOWN',
      message: 'what is said in this channel has the name of its signal',
    });
  });
});
