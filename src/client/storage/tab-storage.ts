/**
 * Records of one tab: they outlive a reload, and end with the tab. A duplicate of it begins with the same.
 * In: what the tab remembers. Out: a storage of values that JSON can hold. Fails: where there is no page, and when the memory is full.
 */
import { type ClientStorage, platformMemory, type TabMemory } from './storage.ts';

/** Under which name, and where, a tab keeps its records. */
export interface TabStorageOptions {
  /** Of the application and its user: records of others are not seen. @default 'tautline' */
  readonly name?: string;
  /** @default `sessionStorage` */
  readonly memory?: TabMemory;
}

/** The defaults of `TabStorageOptions`. */
export const tabStorageDefaults: Required<Pick<TabStorageOptions, 'name'>> = { name: 'tautline' };

/** Records of this tab alone, which outlive a reload and not the tab. */
export function tabStorage(options: TabStorageOptions = {}): ClientStorage {
  const name = options.name ?? tabStorageDefaults.name;
  const memory = (): TabMemory => {
    const given = options.memory ?? platformMemory();
    if (given === undefined) {
      throw new Error('there is no page that could remember anything');
    }
    return given;
  };
  return {
    async get(key) {
      const text = memory().getItem(`${name}:${key}`);
      return text === null ? undefined : (JSON.parse(text) as unknown);
    },
    async put(key, value) {
      memory().setItem(`${name}:${key}`, JSON.stringify(value));
    },
    async delete(key) {
      memory().removeItem(`${name}:${key}`);
    },
  };
}
