/**
 * A request's fields as HTTP/2 has them: what stood in the request line of HTTP/1.1 comes first, in pseudo-fields (RFC 9113 §8.3).
 * In: names and values, in order. Out: both kinds apart, the fields as an application knows them from HTTP/1.1. Cannot fail.
 */
import { HeaderList } from './header-lists.ts';

/** The head of a request of HTTP/2: what its pseudo-fields say, and its fields (RFC 9113 §8.3). */
export interface FieldSection {
  readonly method: string;
  /** What is spoken on the stream once it is open (RFC 8441 §4). */
  readonly protocol: string | undefined;
  readonly scheme: string;
  /** Path and query, or whatever else was asked for. */
  readonly target: string;
  /** With the authority as `host`: twice when the request has another one as well. Crumbs of cookies are one field again. */
  readonly headers: HeaderList;
}

/**
 * The head of a request of HTTP/2, read from its fields.
 * @param raw Name, value, name, value, … as Node's `rawHeaders` has them.
 */
export function readFieldSection(raw: readonly string[]): FieldSection {
  const pseudo = new Map<string, string>();
  const fields: string[] = [];
  const crumbs: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i]!;
    const value = raw[i + 1]!;
    if (name.startsWith(':')) {
      pseudo.set(name, value);
    } else if (name === 'cookie') {
      crumbs.push(value);
    } else if (name !== 'host' || value !== pseudo.get(':authority')) {
      fields.push(name, value);
    }
  }
  const authority = pseudo.get(':authority');
  // §8.2.3: "these MUST be concatenated into a single octet string using the two-octet delimiter".
  const cookie = crumbs.length > 0 ? ['cookie', crumbs.join('; ')] : [];
  return {
    method: pseudo.get(':method') ?? '',
    protocol: pseudo.get(':protocol'),
    scheme: pseudo.get(':scheme') ?? '',
    target: pseudo.get(':path') ?? '',
    headers: new HeaderList([
      ...(authority === undefined ? [] : ['host', authority]),
      ...fields,
      ...cookie,
    ]),
  };
}
