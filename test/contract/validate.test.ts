import { type } from 'arktype';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Schema, SchemaIssue } from '../../src/contract/schema.ts';
import { maxIssueLength, maxIssues, validate } from '../../src/contract/validate.ts';

/** Each says no in its own way. */
function refusing(...issues: readonly SchemaIssue[]): Schema {
  return { '~standard': { version: 1, vendor: 'test', validate: () => ({ issues }) } };
}
const said = async (...issues: readonly SchemaIssue[]) => {
  const result = await validate(refusing(...issues), 0);
  return result.ok ? [] : result.issues;
};
const at = async (...path: NonNullable<SchemaIssue['path']>) =>
  (await said({ message: '', path }))[0]!.path;

const libraries: readonly (readonly [string, Schema, Schema])[] = [
  [
    'zod',
    z.object({ items: z.array(z.object({ text: z.string() })) }),
    z.object({ n: z.string().transform(Number), more: z.string().default('yes') }),
  ],
  [
    'valibot',
    v.object({ items: v.array(v.object({ text: v.string() })) }),
    v.object({ n: v.pipe(v.string(), v.transform(Number)), more: v.optional(v.string(), 'yes') }),
  ],
  [
    'arktype',
    type({ items: type({ text: 'string' }).array() }),
    type({ n: 'string.numeric.parse', more: "string = 'yes'" }),
  ],
];

describe('validation', () => {
  for (const [library, plain, changing] of libraries) {
    it(`${library}: names the field that is wrong, in the words of the library`, () => {
      const wrong = { items: [{ text: 'a' }, { text: 'b' }, { text: 5 }] };
      const message = expect.stringMatching(/string/);
      expect(validate(plain, wrong)).toEqual({
        ok: false,
        issues: [{ path: 'items[2].text', message }],
      });
    });

    it(`${library}: gives what the schema makes of what is valid`, () => {
      expect(validate(plain, { items: [] })).toEqual({ ok: true, value: { items: [] } });
      expect(validate(changing, { n: '5' })).toEqual({ ok: true, value: { n: 5, more: 'yes' } });
    });

    it(`${library}: says of the whole value that it is wrong`, () => {
      expect(validate(plain, 'x')).toMatchObject({ ok: false, issues: [{ path: '' }] });
    });
  }

  it('is a promise only where the schema takes its time', async () => {
    const slow = z.string().refine(async (text) => text.length < 3);
    const [right, wrong] = [validate(slow, 'ab'), validate(slow, 'abc')];
    expect(right).toBeInstanceOf(Promise);
    expect(await right).toEqual({ ok: true, value: 'ab' });
    expect(await wrong).toMatchObject({ ok: false, issues: [{ path: '' }] });
    expect(validate(z.string(), 'ab')).not.toBeInstanceOf(Promise);
  });

  it('fails when the schema does: that is no answer about the value', async () => {
    const failing = (validation: () => never | Promise<never>): Schema => ({
      '~standard': { version: 1, vendor: 'test', validate: validation },
    });
    const trouble = new Error('no database');
    expect(() => {
      void validate(
        failing(() => {
          throw trouble;
        }),
        0,
      );
    }).toThrow(trouble);
    await expect(
      validate(
        failing(() => Promise.reject(trouble)),
        0,
      ),
    ).rejects.toBe(trouble);
  });

  it('what has no issues, but a list of none, is refused: the list decides', async () => {
    expect(await validate(refusing(), 0)).toEqual({ ok: false, issues: [] });
  });
});

describe('what is said of a value', () => {
  it('names keys as they are written in a program', async () => {
    expect(await at('items', 2, 'text')).toBe('items[2].text');
    expect(await at({ key: 'items' }, { key: 2 }, { key: 'text' })).toBe('items[2].text');
    expect(await at(0)).toBe('[0]');
    expect(await at('größe', '$_1')).toBe('größe.$_1');
    expect(await at('a b', 'c.d', '2', '', '"')).toBe('["a b"]["c.d"]["2"][""]["\\""]');
    expect(await at('a', Symbol('s'))).toBe('a[Symbol(s)]');
    expect(await at()).toBe('');
    expect((await said({ message: 'no' }))[0]).toEqual({ path: '', message: 'no' });
  });

  it('are 20 issues at the most', async () => {
    const many = (count: number) => Array.from({ length: count }, (_, n) => ({ message: `${n}` }));
    expect(maxIssues).toBe(20);
    expect(await said(...many(20))).toHaveLength(20);
    expect((await said(...many(21))).map(({ message }) => message)).toEqual(
      many(20).map(({ message }) => message),
    );
  });

  it('are messages and paths of 200 characters at the most', async () => {
    expect(maxIssueLength).toBe(200);
    const [most, more] = await said(
      { message: 'm'.repeat(200), path: ['p'.repeat(200)] },
      { message: 'm'.repeat(201), path: ['p'.repeat(199), 'pp'] },
    );
    expect(most).toEqual({ message: 'm'.repeat(200), path: 'p'.repeat(200) });
    expect(more).toEqual({ message: 'm'.repeat(200), path: `${'p'.repeat(199)}.` });
  });

  it('are not cut through the middle of a character', async () => {
    const [issue] = await said({ message: `${'m'.repeat(199)}𝒜` });
    expect(issue!.message).toBe('m'.repeat(199));
    expect((await said({ message: `${'m'.repeat(198)}𝒜x` }))[0]!.message).toBe(
      `${'m'.repeat(198)}𝒜`,
    );
  });

  it('a path as deep as a peer likes is not walked to its end', async () => {
    let walked = 0;
    const deep = {
      *[Symbol.iterator]() {
        for (; walked < 100_000; walked += 1) {
          yield 0;
        }
      },
    } as unknown as readonly PropertyKey[];
    const [issue] = await said({ message: 'deep', path: deep });
    expect(issue!.path).toHaveLength(200);
    expect(walked).toBeLessThan(100);
  });
});
