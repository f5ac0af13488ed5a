/** What fields of widgets do by themselves. */

import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** A field that takes the focus when it appears, and is selected then, as far as it is asked for. */
export function useFirstFocus<T extends HTMLInputElement | HTMLTextAreaElement>(
  focus: boolean,
  select: boolean,
) {
  const field = useRef<T>(null);
  useEffect(() => {
    if (focus) field.current?.focus({ preventScroll: true });
    if (select) field.current?.select();
  }, []);
  return field;
}

/** Makes a text field as high as what is written in it. */
export function useAutoResize(
  field: RefObject<HTMLTextAreaElement>,
  on: boolean,
  maxRows: number | undefined,
): void {
  useEffect(() => {
    const area = field.current;
    if (!area || !on) return;
    const resize = () => {
      area.style.height = "auto";
      area.style.height = `${area.scrollHeight + area.offsetHeight - area.clientHeight}px`;
    };
    if (maxRows) area.style.maxHeight = `calc(${maxRows}lh + 1em)`;
    resize();
    area.addEventListener("input", resize);
    return () => area.removeEventListener("input", resize);
  }, [field, on, maxRows]);
}
