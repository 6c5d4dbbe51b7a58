import { readable } from 'svelte/store';

export function toStore({ get, subscribe }) {
  return readable(get(), (set) => {
    const end = subscribe(() => set(get()));
    set(get());
    return end;
  });
}
