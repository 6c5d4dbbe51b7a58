/**
 * What programs may say and pages may not. The standard's constructors ignore what they do not know, so it does no harm where the same
 * code runs in a browser.
 */
import type { DialOptions } from '../endpoint/index.ts';

/** As for `dial`: `headers`, `tls`, limits and times, and `compression`, which browsers offer and we do only when asked. */
export type ProgramOptions = Omit<DialOptions, 'subprotocols' | 'signal'>;
