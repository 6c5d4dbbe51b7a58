/**
 * `extension` of ws: the field `Sec-WebSocket-Extensions` as objects (RFC 6455 §9.1).
 * In: its value, or the objects. Out: the other. Fails: a SyntaxError that says where. The objects have no prototype: a peer chooses
 * the names in them.
 */
import { FieldReader } from './field-reader.ts';

export type Params = Record<string, (string | true)[]>;
export type Offers = Record<string, Params[]>;
type Value = string | number | boolean;
/** What `format` takes: as `parse` gives it, or simpler. */
export type Formattable = Readonly<
  Record<string, FormattableParams | readonly FormattableParams[]>
>;
type FormattableParams = Readonly<Record<string, Value | readonly Value[]>>;

/** @throws {SyntaxError} */
export function parse(value: string): Offers {
  const offers = Object.create(null) as Offers;
  const reader = new FieldReader(value);
  let isFirst = true;
  do {
    const name = reader.token(!isFirst);
    isFirst = false;
    reader.blanksBefore(';,');
    const params = readParams(reader);
    offers[name] ??= [];
    offers[name].push(params);
  } while (reader.take(','));
  return offers;
}

export function format(offers: Formattable): string {
  return Object.entries(offers)
    .flatMap(([name, given]) => {
      const all = Array.isArray(given) ? (given as FormattableParams[]) : [given];
      return all.map((params) => [name, ...formatParams(params as FormattableParams)].join('; '));
    })
    .join(', ');
}

function readParams(reader: FieldReader): Params {
  const params = Object.create(null) as Params;
  while (reader.take(';')) {
    const name = reader.token(true);
    let value: string | true = true;
    if (reader.take('=')) {
      value = reader.take('"') ? reader.quoted() : reader.token(false);
    }
    reader.blanksBefore(';,');
    params[name] ??= [];
    params[name].push(value);
  }
  return params;
}

function formatParams(params: FormattableParams): string[] {
  return Object.entries(params).flatMap(([name, given]) => {
    const values = Array.isArray(given) ? (given as Value[]) : [given as Value];
    return values.map((value) => (value === true ? name : `${name}=${value}`));
  });
}
