import { describe, expect, it } from 'vitest';
import { ContractError } from '../../src/ground/contract-error.ts';

describe('an error of a contract', () => {
  it('has a code, a name, and what caused it where something did', () => {
    const cause = new Error('no such type');
    const error = new ContractError('JSON_SCHEMA_MISSING', 'no JSON Schema', { cause });
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe('ContractError');
    expect(error.code).toBe('JSON_SCHEMA_MISSING');
    expect(error.message).toBe('no JSON Schema');
    expect(error.cause).toBe(cause);
    expect('cause' in new ContractError('PARAMS_INVALID', 'room is missing')).toBe(false);
  });
});
