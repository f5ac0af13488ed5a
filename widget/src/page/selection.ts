/** What the reader has selected on the page. */

const MOST_CHARS = 4000;
const AROUND_CHARS = 300;
const BLOCK = "p,li,td,th,dd,dt,pre,blockquote,figcaption,h1,h2,h3,h4,h5,h6,section,article,div";

export interface Selected {
  text: string;
  /** What stands in front of it and behind it in its paragraph. */
  before: string;
  after: string;
  /** Where its end stands in the window. */
  place: DOMRect;
}

/** The selection within `scope`; null where nothing is, or where it is being written in. */
export function selected(scope: Element): Selected | null {
  const selection = getSelection();
  if (!selection?.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const inside = range.commonAncestorContainer;
  const element = inside instanceof Element ? inside : inside.parentElement;
  if (!element || !scope.contains(element) || element.closest("input,textarea,[contenteditable=true]"))
    return null;
  const text = selection.toString().trim().slice(0, MOST_CHARS);
  if (!text) return null;
  const block = element.closest(BLOCK) ?? element;
  const around = (edge: "before" | "after") => {
    const rest = document.createRange();
    rest.selectNodeContents(block);
    if (edge === "before") rest.setEnd(range.startContainer, range.startOffset);
    else rest.setStart(range.endContainer, range.endOffset);
    return edge === "before" ? rest.toString().slice(-AROUND_CHARS) : rest.toString().slice(0, AROUND_CHARS);
  };
  const boxes = range.getClientRects();
  return {
    text,
    before: around("before"),
    after: around("after"),
    place: boxes[boxes.length - 1] ?? range.getBoundingClientRect(),
  };
}
