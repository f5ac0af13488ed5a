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

const CONTROLS = "input, select, textarea, button, a[href]";

/**
 * Keeps the focus in `box` where a new `widget` takes away the control that had it: it goes to what is in its place, in
 * the same row of a list, else to the row that follows.
 */
export function useKeptFocus(box: RefObject<HTMLElement>, widget: unknown): void {
  const here = focused(box.current);
  const row = here?.closest<HTMLElement>("[data-row]");
  const rows = () => [...(box.current?.querySelectorAll<HTMLElement>("[data-row]") ?? [])];
  const at = row ? rows().indexOf(row) : -1;
  useEffect(() => {
    if (!here || here.isConnected || focused(box.current)) return;
    const key = row?.dataset.row;
    const after = rows().find((each) => each.dataset.row === key) ?? rows()[at] ?? rows().at(-1);
    const all = [...((after ?? box.current)?.querySelectorAll<HTMLElement>(CONTROLS) ?? [])];
    const same = all.find(
      (each) => (here.id && each.id === here.id) || each.textContent === here.textContent,
    );
    (same ?? all[0])?.focus();
  }, [widget]);
}

function focused(box: HTMLElement | null): HTMLElement | null {
  const active = (box?.getRootNode() as Document | ShadowRoot | undefined)?.activeElement;
  return active instanceof HTMLElement && box?.contains(active) ? active : null;
}
