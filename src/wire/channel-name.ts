/**
 * Names of channels, which come from clients and reach engines (THREATS D15).
 * In: a string. Out: whether it may name a channel. Cannot fail.
 */

/** Longest name, in bytes of UTF-8. */
export const maxChannelBytes = 200;

/**
 * Letters, digits and marks of any script, and `- _ . ~ : / @ + = ,`: nothing that an engine could take for a wildcard, a
 * separator of its protocol, or a line end; no control, no space, nothing that cannot be seen, no character that turns the
 * direction of writing.
 */
const allowed = /^(?:(?!\p{Default_Ignorable_Code_Point})[\p{L}\p{N}\p{M}\-_.~:/@+=,])+$/u;

/**
 * Whether `name` may name a channel: 1 to 200 bytes of the allowed characters, in the composed form (NFC), so that one name is
 * not written in two ways.
 */
export function isChannelName(name: string): boolean {
  // No character is less than a byte per unit: a long string is refused before anything walks through it.
  if (name.length === 0 || name.length > maxChannelBytes || !allowed.test(name)) {
    return false;
  }
  return fits(name) && name.normalize('NFC') === name;
}

/** A unit is three bytes at the most: only what may be too long is measured. */
function fits(name: string): boolean {
  return name.length * 3 <= maxChannelBytes || utf8Length(name) <= maxChannelBytes;
}

function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** Names that begin with it are the hub's own: clients reach them by what they mean, never by name. */
export const reservedMark = '~';
/** What was sent to this client's user, wherever it is: a log that resumes like any other. */
export const inboxChannel = '~inbox';
/** Before the name of a channel: its roster, as keyed state. */
export const rosterMark = '~roster:';
