import { describe, expect, it } from 'vitest';
import { payloadIn, readBatch } from '../../src/transports/http-batch.ts';

describe('a batch', () => {
  it.each([
    ['[1]', { from: 1, messages: [] }],
    ['[7,"a","b"]', { from: 7, messages: ['a', 'b'] }],
    [' [1, "[{,\\"", "\\\\"] ', { from: 1, messages: ['[{,"', '\\'] }],
  ])('%s', (text, batch) => expect(readBatch(text, 2)).toEqual(batch));

  it.each([
    '',
    '[',
    '[]',
    'null',
    '1',
    '"x"',
    '{}',
    '[0]',
    '[1.5]',
    '["a"]',
    '[1,2]',
    '[1,null]',
    '[1,["a"]]',
    '[1,{"a":1}]',
    '[1,"a","b","c"]',
    '[1,"a]',
  ])('D4: %s is none', (text) => expect(readBatch(text, 2)).toHaveProperty('problem'));

  it('bytes are base64', () => {
    const batch = readBatch('[1,{"bytes":"AAr/"},"x"]', 2);
    expect(batch).toEqual({ from: 1, messages: [{ bytes: 'AAr/' }, 'x'] });
    expect(['messages' in batch && batch.messages.map(payloadIn)]).toEqual([
      [Buffer.from([0, 10, 255]), 'x'],
    ]);
    for (const bytes of ['"*"', '"AA"', '1', '{"a":1}', '[]']) {
      expect(readBatch(`[1,{"bytes":${bytes}}]`, 2)).toHaveProperty('problem');
    }
  });

  it('D4: a megabyte of next to nothing costs next to nothing', () => {
    for (const part of ['\n', '[', ',', '"', '\\', '1,']) {
      expect(readBatch(part.repeat(1_000_000), 256)).toHaveProperty('problem');
    }
    expect(readBatch(`[1${',0'.repeat(500_000)}]`, 256)).toEqual({
      problem: 'a body is one array of a number and at most 256 strings',
    });
  });
});
