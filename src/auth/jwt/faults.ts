/**
 * Why a token was refused: for your logs, never for the visitor.
 */

/** @codes What is wrong with a token; or, of `KEYS_UNREACHABLE`, why that cannot be known. */
export type JwtFault =
  | 'KEYS_UNREACHABLE'
  | 'TOKEN_ALGORITHM_WRONG'
  | 'TOKEN_CLAIMS_INVALID'
  | 'TOKEN_EXPIRED'
  | 'TOKEN_HEADER_INVALID'
  | 'TOKEN_KEY_UNKNOWN'
  | 'TOKEN_MALFORMED'
  | 'TOKEN_SIGNATURE_WRONG'
  | 'TOKEN_TOO_EARLY';
