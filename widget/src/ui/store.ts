/** A value that tells when it is replaced, and the hook that renders it. */

import { useLayoutEffect, useReducer } from "preact/hooks";

export interface Readable<T> {
  readonly state: T;
  subscribe(listener: () => void): () => void;
}

export class Store<T extends object> implements Readable<T> {
  #listeners = new Set<() => void>();

  constructor(public state: T) {}

  /** Replaces the parts of the state that `change` names. */
  patch(change: Partial<T>): void {
    this.state = { ...this.state, ...change };
    for (const listener of [...this.#listeners]) listener();
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** The state of `store`; the component renders again when it changes. */
export function useStore<T>(store: Readable<T>): T {
  const [, again] = useReducer((count: number) => count + 1, 0);
  useLayoutEffect(() => store.subscribe(() => again(undefined)), [store]);
  return store.state;
}
