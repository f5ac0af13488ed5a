/** A part of the conversation's state, rendered again only when that part changes. */

import { useLayoutEffect, useReducer, useRef } from "preact/hooks";
import type { ChatState } from "../thread/state";
import { useEnv } from "../ui/env";

/** What `pick` takes from the state; the component renders again when that is another value. */
export function useSlice<T>(pick: (state: ChatState) => T): T {
  const { chat } = useEnv();
  const [, again] = useReducer((count: number) => count + 1, 0);
  const shown = useRef<T>(null as T);
  shown.current = pick(chat.state);
  useLayoutEffect(() => {
    const check = () => Object.is(pick(chat.state), shown.current) || again(undefined);
    check();
    return chat.subscribe(check);
  });
  return shown.current;
}
