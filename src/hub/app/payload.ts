/**
 * What a client sent, against the contract.
 * In: a schema and what came. Out: what the schema makes of it, or a refusal that names the field. Fails: when the schema itself does.
 */
import { type Schema, validate } from '../../contract/index.ts';
import type { Refusal } from '../../ports/index.ts';
import { saidOf } from './errors.ts';

export type Payload =
  | { readonly value: unknown; readonly refused?: undefined }
  | { readonly refused: Refusal };

export async function payloadOf(schema: Schema, sent: unknown): Promise<Payload> {
  const judged = await validate(schema, sent);
  if (judged.ok) {
    return { value: judged.value };
  }
  const { issues } = judged;
  return {
    refused: { code: 'PAYLOAD_INVALID', message: saidOf(issues), details: { issues } },
  };
}

/** No channel of the contract; or nothing of that kind in it. */
export function forbidden(message: string): Refusal {
  return { code: 'FORBIDDEN', message };
}

/** No name of the contract's, in a channel that is one. */
export function unknownEvent(what: 'event' | 'signal', name: string | undefined): Refusal {
  const said =
    name === undefined ? `what is said in this channel has the name of its ${what}` : undefined;
  return {
    code: 'EVENT_UNKNOWN',
    message: said ?? `the contract has no ${what} "${name}" in this channel`,
  };
}
