import { createSignal, onCleanup } from 'solid-js';

export function fromObservable({ get, subscribe }) {
  const [now, set] = createSignal();
  const update = () => set(() => get());
  onCleanup(subscribe(update));
  update();
  return now;
}
