/**
 * `tautline/auth`: who a visitor is. Helpers for the `connect` of a policy, each of them a function of the visitor.
 */
export { AuthError, type AuthErrorCode } from './auth-error.ts';
export { bearer } from './bearer.ts';
export type { Admitted, Check, Source } from './check.ts';
export { cookie, cookieLimits } from './cookie.ts';
export { firstOf } from './first-of.ts';
export type { JwtClaims } from './jwt/claims.ts';
export type { JwtFault } from './jwt/faults.ts';
export type { JwtAlgorithm, JwtKey } from './jwt/keys.ts';
export { type FetchKeys, type JwksOptions, jwksDefaults } from './jwt/remote-keys.ts';
export { type Jose, type JwtOptions, jwt, jwtDefaults } from './jwt.ts';
export { type TicketOptions, type Tickets, ticketDefaults, tickets } from './tickets.ts';
