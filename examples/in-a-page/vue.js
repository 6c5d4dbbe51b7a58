import { onScopeDispose, shallowRef } from 'vue';

export function useObservable({ get, subscribe }) {
  const now = shallowRef();
  const update = () => Object.assign(now, { value: get() });
  onScopeDispose(subscribe(update));
  update();
  return now;
}
