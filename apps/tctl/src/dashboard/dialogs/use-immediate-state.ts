import { useState, useSyncExternalStore } from 'react';

/** A value that components may subscribe to. */
class Cell<T> {
  #value: T;
  readonly #listeners = new Set<() => void>();

  constructor(value: T) {
    this.#value = value;
  }

  readonly get = (): T => this.#value;

  readonly set = (value: T): void => {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const listener of this.#listeners) listener();
  };

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
}

/**
 * As useState(), for what keys change: React shows it before it looks at the next key, also where several come at once.
 * Changes of useState() outside of React's own events wait until there is nothing more urgent, and so the second of two
 * keys that come together would not know what the first has done. External stores are never late:
 * https://react.dev/reference/react/useSyncExternalStore
 */
export function useImmediateState<T>(make: () => T): [T, (value: T) => void] {
  const [cell] = useState(() => new Cell(make()));
  return [useSyncExternalStore(cell.subscribe, cell.get), cell.set];
}
