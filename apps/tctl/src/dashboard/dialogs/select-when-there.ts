import type { Store } from '../store/store.ts';

/** Longer than it takes until a new container is in the list. */
const patienceMs = 10_000;

/** Goes to a container in the list as soon as it is there, unless somebody goes elsewhere first. */
export function selectWhenThere(store: Store, key: string): void {
  const { selectedKey } = store.getState();
  const look = () => {
    const state = store.getState();
    const index = state.items.findIndex(({ row }) => row.key === key);
    if (index === -1 && state.selectedKey === selectedKey) return;
    stop();
    if (index !== -1 && state.view === 'main') store.dispatch({ kind: 'select', index });
  };
  const unsubscribe = store.subscribe(look);
  const timer = setTimeout(() => stop(), patienceMs).unref();
  const stop = () => {
    clearTimeout(timer);
    unsubscribe();
  };
  look();
}
