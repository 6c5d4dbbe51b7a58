/**
 * Names of producers: users have names of any characters, and nobody may be able to make another's.
 * In: a user and a producer's name. Out: a name for the log, of 105 characters at the most. Cannot fail.
 */
import { digest } from './sha256.ts';

/** 160 bits: nobody finds two users with one of these. */
const keyCharacters = 40;

/** One user's producer. The first part has a fixed length, so no two pairs make one name. */
export function producerOf(user: string, name: string): string {
  return `${digest(JSON.stringify(user)).slice(0, keyCharacters)}:${name}`;
}
