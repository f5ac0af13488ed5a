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
  const whole = selection.getRangeAt(0);
  const range = within(scope, whole);
  if (!range) return null;
  const inside = range.commonAncestorContainer;
  const element = inside instanceof Element ? inside : inside.parentElement;
  if (!element || (element as HTMLElement).isContentEditable || element.closest("input,textarea"))
    return null;
  const said = range === whole ? selection.toString() : range.toString();
  const text = said.trim().slice(0, MOST_CHARS);
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

/** The part of `range` that is of `scope`: a triple click on the last paragraph reaches into what follows. */
function within(scope: Element, range: Range): Range | null {
  if (scope.contains(range.commonAncestorContainer)) return range;
  if (!range.intersectsNode(scope)) return null;
  const all = document.createRange();
  all.selectNodeContents(scope);
  const part = range.cloneRange();
  if (part.compareBoundaryPoints(Range.START_TO_START, all) < 0)
    part.setStart(all.startContainer, all.startOffset);
  if (part.compareBoundaryPoints(Range.END_TO_END, all) > 0) part.setEnd(all.endContainer, all.endOffset);
  return part.collapsed ? null : part;
}
