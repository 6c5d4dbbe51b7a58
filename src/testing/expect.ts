/**
 * The few comparisons that suites need, so that they run under any test runner.
 * In: what is, and what should be. Out: nothing. Fails: an Error that says what was expected and what came.
 */

export function mustBe(condition: boolean, expected: string): void {
  if (!condition) {
    throw new Error(`expected: ${expected}`);
  }
}

/** The same JSON, fields in the same order or not; bytes are the same as bytes only. */
export function mustEqual(actual: unknown, expected: unknown, what: string): void {
  const came = canonical(actual);
  const wanted = canonical(expected);
  if (came !== wanted) {
    throw new Error(`${what}: expected ${cut(wanted)}, got ${cut(came)}`);
  }
}

/** What `work` rejected with. */
export async function mustReject(work: Promise<unknown>, what: string): Promise<unknown> {
  const outcome = await work.then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  if (outcome === undefined) {
    throw new Error(`${what}: expected a rejection`);
  }
  return outcome.error;
}

function canonical(value: unknown): string {
  return (
    JSON.stringify(value, function (this: Record<string, unknown>, name, inner: unknown) {
      // As it stands in its place: bytes of some runtimes have a JSON form of their own.
      const raw = this[name];
      if (raw instanceof Uint8Array) {
        return { bytes: Array.from(raw) };
      }
      if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) {
        return inner;
      }
      // As a list of pairs: sorted, and with a key named `__proto__` kept as what it is.
      return { pairs: Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)) };
    }) ?? 'undefined'
  );
}

function cut(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
