/**
 * The corpus of D13: tokens that must not be let in, each with the reason for which it is not.
 */
import type { BadToken } from '../tokens.ts';
import { claims } from './claims.ts';
import { forms } from './forms.ts';
import { headers } from './headers.ts';
import { signatures } from './signatures.ts';

/** @param evil An address where somebody waits to be asked for keys. */
export function badTokens(evil: string): readonly BadToken[] {
  return [...forms, ...headers(evil), ...signatures(evil), ...claims];
}
