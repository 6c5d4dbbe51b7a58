/**
 * Fields on their way out (RFC 9112 §5).
 * In: names and values. Out: their lines, each character a byte (Latin-1). Fails: throws at what cannot be sent.
 */
import { UsageError } from '../usage-error.ts';
import { isFieldValue, isToken } from './header-lists.ts';

/**
 * @param refused Names that are set already, in lower case.
 * @throws {UsageError} `HEADER_INVALID`
 */
export function fieldLines(
  fields: Readonly<Record<string, string>>,
  refused?: ReadonlySet<string>,
): string {
  let lines = '';
  for (const [name, value] of Object.entries(fields)) {
    if (!isToken(name) || !isFieldValue(value) || refused?.has(name.toLowerCase())) {
      throw new UsageError('HEADER_INVALID', `the field ${JSON.stringify(name)} cannot be sent`);
    }
    lines += `${name}: ${value}\r\n`;
  }
  return lines;
}
