/**
 * Patterns and parameters as fast-check makes them: short enough that names fit, and of characters that could go wrong.
 */
import fc from 'fast-check';

const literal = fc.string({
  unit: fc.constantFrom(...'ab0-_.~@+=,'.split('')),
  minLength: 1,
  maxLength: 4,
});
const param = fc.constantFrom(':a', ':b', ':c', ':constructor');

/** Any that is one: no parameter twice, not the hub's own. */
export const aPattern: fc.Arbitrary<string> = fc
  .array(fc.oneof(literal, param), { minLength: 1, maxLength: 4 })
  .filter((all) => !all[0]!.startsWith('~'))
  .filter((all) => {
    const params = all.filter((segment) => segment.startsWith(':'));
    return new Set(params).size === params.length;
  })
  .map((all) => all.join('/'));

const value = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'ab=2F/:~% é'.split('')), minLength: 1, maxLength: 4 }),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 2 }),
);

/** Four values of parameters. */
export const someParams: fc.Arbitrary<string[]> = fc.array(value, { minLength: 4, maxLength: 4 });
