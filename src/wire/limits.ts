/**
 * Most that one message may hold. Lengths are in characters (UTF-16 units).
 * Not fields of an object: a bundler leaves out what nobody reads by.
 */

/** Messages in one frame. */
export const frameMessages = 1_000;
export const tokenLength = 8_192;
export const capabilities = 32;
export const capabilityLength = 64;
/** Entries on one page of history. */
export const pageEntries = 1_000;
/** Channels in one `resume`. */
export const resumeChannels = 128;
export const sessionLength = 64;
export const secretLength = 128;
export const userLength = 1_024;
export const eventLength = 64;
export const keyLength = 256;
/** At least 128 random bits do not fit into fewer characters than this. */
export const producerShortest = 16;
export const producerLength = 64;
export const methodLength = 128;
/** Of the time that a caller waits, in milliseconds: the longest delay of the timers that there are. */
export const withinMs = 2_147_483_647;
/** Of the time until a refused request may be sent again, in milliseconds: a day. */
export const retryAfterMs = 86_400_000;
export const errorLength = 1_024;
export const reasonLength = 123;
