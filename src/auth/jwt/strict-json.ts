/**
 * JSON that can be read in one way only (RFC 7519 §4: names must be unique).
 * In: text from outside. Out: an object. Fails: text that is no object, that names something twice, or that is nested too deep, gives
 * undefined.
 */
import { isDeeperThan } from '../../wire/index.ts';

/** Objects and lists within each other. */
export const maxTokenDepth = 16;

export function strictObject(text: string): Readonly<Record<string, unknown>> | undefined {
  if (isDeeperThan(maxTokenDepth, text)) {
    return undefined;
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject && !hasTwins(text) ? (value as Record<string, unknown>) : undefined;
}

/** Whether any object of the text, which is valid JSON, has a name twice. Names are compared as what they mean: `"\u0061lg"` is `alg`. */
function hasTwins(text: string): boolean {
  const open: Set<string>[] = [];
  // Each string with the colon behind it, if it is a name; each bracket. Everything else has neither.
  for (const [part, string, colon] of text.matchAll(
    /("[^"\\]*(?:\\.[^"\\]*)*")[ \t\n\r]*(:)?|[{}[\]]/g,
  )) {
    if (part === '{' || part === '[') {
      open.push(new Set());
    } else if (part === '}' || part === ']') {
      open.pop();
    } else if (colon !== undefined) {
      const name: string = JSON.parse(string!);
      const names = open.at(-1)!;
      if (names.has(name)) {
        return true;
      }
      names.add(name);
    }
  }
  return false;
}
