/** A box that scrolls by itself, and is a stop of the keyboard only while there is something to scroll. */

import { type ComponentChildren, h } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

interface Props {
  class: string;
  /** What is in it, for whoever arrives by keyboard. */
  label: string;
  dir?: "ltr";
  /** The element: `pre` for code. */
  as?: "div" | "pre";
  children: ComponentChildren;
}

export function Scroller({ class: name, label, dir, as = "div", children }: Props) {
  const box = useRef<HTMLElement>(null);
  const [wide, setWide] = useState(true);
  useEffect(() => {
    const element = box.current;
    if (!element || typeof ResizeObserver === "undefined") return;
    const observer = new ResizeObserver(() =>
      setWide(element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight),
    );
    observer.observe(element);
    for (const child of element.children) observer.observe(child);
    return () => observer.disconnect();
  }, []);
  const stop = wide ? { role: "group", "aria-label": label, tabIndex: 0 } : {};
  return h(as, { ref: box as never, class: name, dir, ...stop }, children);
}
