/**
 * `tautline/errors`: what each code means to programs: its number, whether to try again, what to do, where to read on.
 */
export { type Explanation, explain, type KnownCode } from './explain.ts';
