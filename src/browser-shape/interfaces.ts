/**
 * What Web IDL asks of a class besides its methods: https://webidl.spec.whatwg.org/#js-interfaces.
 * In: a class. Out: the same class, with members that can be enumerated, constants that cannot be changed, and its name as its tag.
 */

interface Shaped {
  readonly name: string;
  readonly prototype: object;
}

export function asInterface(
  shaped: Shaped,
  constants: Readonly<Record<string, number>> = {},
): void {
  const { prototype } = shaped;
  for (const name of Object.getOwnPropertyNames(prototype)) {
    if (name !== 'constructor') {
      Object.defineProperty(prototype, name, { enumerable: true });
    }
  }
  for (const [name, value] of Object.entries(constants)) {
    const constant = { value, enumerable: true, writable: false, configurable: false };
    Object.defineProperty(shaped, name, constant);
    Object.defineProperty(prototype, name, constant);
  }
  Object.defineProperty(prototype, Symbol.toStringTag, {
    value: shaped.name,
    configurable: true,
  });
}
