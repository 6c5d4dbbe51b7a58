/**
 * Who wants in, and what is known of it once it is let in: the words that all helpers here share. Nothing here does anything.
 */
import type { Visitor } from '../ports/index.ts';

/** A visitor with the request by which it came, where the transport has one. */
export type Caller = Visitor & {
  readonly handshake?: {
    /** Names in small letters: `cookie`, `origin`, `user-agent` and `authorization`, as far as they were sent. */
    readonly headers: Readonly<Record<string, string>>;
    /** As it was asked for, with its query. */
    readonly url: string;
  };
};

/** Who was let in, and until when: with a name for `user`, what `connect` of a policy answers. */
export interface Admitted<User = string> {
  readonly user: User;
  /** In milliseconds since 1970. Absent: for as long as it likes. */
  readonly expiresAtMs?: number;
}

/** Reads a credential of a visitor. Undefined: it brought none, or none that could be one. */
export type Source = (visitor: Caller) => string | undefined;

/** Says who a visitor is. Undefined is a no; so is a rejection, after which the same visitor may fare better. */
export type Check<User = string> = (visitor: Caller) => Promise<Admitted<User> | undefined>;
