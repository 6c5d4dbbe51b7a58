/**
 * You misused a contract: thrown at once, and never because of what a peer sent.
 */

/** @codes What is wrong with a contract, or with what it was asked for. */
export type ContractErrorCode = 'CONTRACT_INVALID' | 'JSON_SCHEMA_MISSING' | 'PARAMS_INVALID';

/** Thrown at once by whatever takes a contract or a pattern; the same call fails the next time too. */
export class ContractError extends Error {
  override readonly name = 'ContractError';
  readonly code: ContractErrorCode;

  constructor(code: ContractErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
