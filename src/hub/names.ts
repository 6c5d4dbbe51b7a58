/**
 * Names that the hub makes of a user's: users have names of any characters, and others must not be able to make the same.
 * In: a user. Out: a name of fixed length in few characters. Cannot fail.
 */
import { digest } from './digest.ts';

/** 160 bits: nobody finds two users with one of these. */
const keyCharacters = 40;

function userKey(user: string): string {
  return digest(user).slice(0, keyCharacters);
}

/** The log of what is sent to this user. */
export function inboxOf(user: string): string {
  return `~inbox:${userKey(user)}`;
}

/** One user's producer: nobody can speak for another's. The first part has a fixed length, so no two pairs make one name. */
export function producerOf(user: string, name: string): string {
  return `${userKey(user)}:${name}`;
}
