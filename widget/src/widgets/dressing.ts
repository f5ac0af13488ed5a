/** The style of what is drawn on demand, which comes with its code. */

import { useLayoutEffect, useRef } from "preact/hooks";
import text from "../styles/widgets.css";

let sheet: CSSStyleSheet | undefined;

/** A ref for an element whose shadow root then has the style, once. */
export function useDressed<T extends Element>() {
  const dressed = useRef<T>(null);
  useLayoutEffect(() => {
    const root = dressed.current?.getRootNode();
    if (!(root instanceof ShadowRoot) || !("replaceSync" in CSSStyleSheet.prototype)) return;
    if (!sheet) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(text);
    }
    if (!root.adoptedStyleSheets.includes(sheet))
      root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  }, []);
  return dressed;
}
