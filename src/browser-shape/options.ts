/**
 * What programs may say and pages may not. The standard's constructors ignore what they do not know, so it does no harm where the same
 * code runs in a browser.
 */
import type { DialOptions } from '../endpoint/index.ts';

/** As for `dial`: `headers`, `tls`, limits and times. */
export type ProgramOptions = Omit<DialOptions, 'subprotocols' | 'signal'>;
