/**
 * One value for many receivers, with each encoded form of it made once.
 * In: a value and the functions that encode it. Out: the form, from memory the second time. Fails as the encoder does.
 */

/** Forms are keyed by the function that makes them, so pass the same function, not a new arrow each time. */
export class Shared<Value> {
  readonly value: Value;
  private forms: Map<unknown, unknown> | undefined;

  constructor(value: Value) {
    this.value = value;
  }

  as<Form>(encode: (value: Value) => Form): Form {
    this.forms ??= new Map();
    if (!this.forms.has(encode)) {
      this.forms.set(encode, encode(this.value));
    }
    return this.forms.get(encode) as Form;
  }
}
