/**
 * Validation on the client's side, for those who pass in the contract: what is said before it is sent, and what comes before it is told.
 * In: data, and under which name of the contract it stands. Out: what the schema makes of it. Fails: what is said is refused with
 * `PAYLOAD_INVALID` or `EVENT_UNKNOWN`; what comes is not told, but that it was invalid is. Schemas answer at once here: one that answers by a
 * promise counts as a no.
 */
import {
  type ChannelShape,
  type Contract,
  type Issue,
  named,
  type Payloads,
  type Schema,
  validate,
} from '../../contract/index.ts';
import { type CallOptions, ClientError } from '../index.ts';

/** A part of what a contract says of a channel. */
export type Part = 'events' | 'signals' | 'state' | 'presence' | 'calls' | 'progress';

/** What came did not fit the contract: somebody speaks another version of it. */
export interface Invalid {
  /** Empty: of none. */
  readonly channel: string;
  /** The event, the signal, or the method that told it on the way; undefined for a value of keyed state and for what a member says of itself. */
  readonly name: string | undefined;
  readonly issues: readonly Issue[];
}

export interface Seen {
  readonly data: unknown;
}

/** Of one channel. */
export interface Checks {
  /** Throws `PAYLOAD_INVALID`, with `details: { issues }`, and `EVENT_UNKNOWN`. */
  given(part: Part, data: unknown, name?: string): void;
  /** Undefined: it is invalid, and has been told. */
  seen(part: Part, data: unknown, name?: string): Seen | undefined;
}

/** Nothing is looked at. */
export const noChecks: Checks = { given: () => undefined, seen: (_part, data) => ({ data }) };

export interface Checked {
  /** Undefined: no channel's; the methods of the contract itself. */
  readonly pattern: string | undefined;
  readonly channel: string;
}

/** @param tell Told what came and is invalid. */
export function checksOf(
  contract: Contract,
  { pattern, channel }: Checked,
  tell: (invalid: Invalid) => void,
): Checks {
  return {
    given(part, data, name = '') {
      const schema = schemaOf(contract, { pattern, part, name });
      if (schema === undefined) {
        throw new ClientError('EVENT_UNKNOWN', `"${name}" does not stand in the contract`);
      }
      const judged = judge(schema, data);
      if (!judged.ok) {
        const { issues } = judged;
        const told = issues.map(({ path, message }) => `${path || 'data'}: ${message}`).join('; ');
        throw new ClientError('PAYLOAD_INVALID', told, false, { details: { issues } });
      }
    },
    seen(part, data, name) {
      const schema = schemaOf(contract, { pattern, part, name: name ?? '' });
      const judged = schema === undefined ? absent : judge(schema, data);
      if (judged.ok) {
        return { data: judged.value };
      }
      tell({ channel, name, issues: judged.issues });
      return undefined;
    },
  };
}

/** The same, with a listener that is told what stands in the contract. */
export function heardBy(checks: Checks, method: string, options?: CallOptions): CallOptions {
  const { onProgress, ...rest } = options ?? {};
  if (onProgress === undefined) {
    return rest;
  }
  return {
    ...rest,
    onProgress: (data, seq) => {
      const seen = checks.seen('progress', data, method);
      if (seen !== undefined) {
        onProgress(seen.data, seq);
      }
    },
  };
}

type Judged = Exclude<ReturnType<typeof validate>, Promise<unknown>>;

const absent: Judged = refused('it does not stand in the contract');

interface Asked {
  readonly pattern: string | undefined;
  readonly part: Part;
  readonly name: string;
}

/** What comes names itself: of nothing that every object has. */
function schemaOf({ shape }: Contract, { pattern, part, name }: Asked): Schema | undefined {
  const said: ChannelShape | undefined =
    pattern === undefined ? { calls: shape.calls ?? {} } : named(shape.channels, pattern);
  if (part === 'calls' || part === 'progress') {
    return named(said?.calls, name)?.[part === 'calls' ? 'in' : 'progress'];
  }
  const found = said?.[part];
  return part === 'state' || part === 'presence'
    ? (found as Schema | undefined)
    : named(found as Payloads | undefined, name);
}

function judge(schema: Schema, data: unknown): Judged {
  const judged = validate(schema, data);
  // Not every promise is one of this page's own class: some pages replace it.
  if ('then' in judged) {
    judged.then(undefined, () => undefined);
    return refused('its schema answers by a promise, and here it has to answer at once');
  }
  return judged;
}

function refused(message: string): Judged {
  return { ok: false, issues: [{ path: '', message }] };
}
