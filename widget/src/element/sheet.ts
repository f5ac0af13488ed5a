/** All style sheets of the element as one, made once for all elements of a page. */

import items from "../styles/items.css";
import shell from "../styles/shell.css";
import text from "../styles/text.css";
import tokens from "../styles/tokens.css";

let made: CSSStyleSheet | undefined;

export function sheet(): CSSStyleSheet {
  if (!made) {
    made = new CSSStyleSheet();
    made.replaceSync(tokens + shell + text + items);
  }
  return made;
}
