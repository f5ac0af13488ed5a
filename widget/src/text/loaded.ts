/** Modules on demand, for components. */

import { useEffect, useReducer } from "preact/hooks";
import { useEnv } from "../ui/env";
import { load } from "../ui/load";

const ready = new Map<string, unknown>();

/** The module `name` once it is there; null before, and where it cannot be fetched. Nothing is fetched for null. */
export function useModule<T>(name: string | null): T | null {
  const { assets } = useEnv();
  const [, again] = useReducer((count: number) => count + 1, 0);
  const key = assets + name;
  useEffect(() => {
    if (name === null || ready.has(key)) return;
    let here = true;
    load(assets, name).then(
      (module) => {
        ready.set(key, module);
        if (here) again(undefined);
      },
      () => {}, // what is shown without it stays
    );
    return () => {
      here = false;
    };
  }, [assets, name, key]);
  return name === null ? null : ((ready.get(key) as T) ?? null);
}
