/**
 * `subprotocol` of ws: the field `Sec-WebSocket-Protocol`, read strictly (RFC 6455 §4.1 item 10).
 * In: its value. Out: the names, in order. Fails: a SyntaxError that says where.
 */
import { FieldReader } from './field-reader.ts';

/** @throws {SyntaxError} */
export function parse(value: string): Set<string> {
  const names = new Set<string>();
  const reader = new FieldReader(value);
  do {
    const name = reader.token(names.size > 0);
    reader.blanksBefore(',');
    if (names.has(name)) {
      throw new SyntaxError(`The "${name}" subprotocol is duplicated`);
    }
    names.add(name);
  } while (reader.take(','));
  return names;
}
