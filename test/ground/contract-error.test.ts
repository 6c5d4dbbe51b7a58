import { describe, expect, it } from 'vitest';
import { ContractError } from '../../src/ground/contract-error.ts';

describe('an error of a contract', () => {
  it('has a code, a name, and what caused it where something did', () => {
    const cause = new Error('no such type');
    const error = new ContractError('JSON_SCHEMA_MISSING', 'no JSON Schema', { cause });
    expect(error).toBeInstanceOf(Error);
    expect({ ...error, message: error.message, cause: error.cause }).toEqual({
      name: 'ContractError',
      code: 'JSON_SCHEMA_MISSING',
      message: 'no JSON Schema',
      cause,
    });
    expect('cause' in new ContractError('PARAMS_INVALID', 'room is missing')).toBe(false);
  });
});
