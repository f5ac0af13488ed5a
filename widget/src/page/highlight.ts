/** Shows a cited sentence on the page that is open. */

import { type Fragment, folded, located, parsed } from "./fragment";

const NAME = "pageside-cited";
const UNSEEN = "script,style,noscript,template,[hidden],[aria-hidden=true],.katex-mathml,pageside-assistant";
const SHORTEST_PART = 24;

let sheet: CSSStyleSheet | undefined;

/**
 * Scrolls to what `url` means within `scope` and marks it: the text of its fragment, else `quote`, else its anchor.
 *
 * @returns Whether there was anything to show.
 */
export function show(url: string, quote: string | undefined, scope: Element): boolean {
  const { anchor, texts } = parsed(url);
  const section = anchor ? document.getElementById(anchor) : null;
  const range = find(scope, section, [...texts, ...(quote ? quoted(quote) : [])]);
  clear();
  if (!range && !section) return false;
  if (range) mark(range);
  open(range?.startContainer.parentElement ?? section);
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const place = range ? range.startContainer.parentElement! : section!;
  place.scrollIntoView({ block: range ? "center" : "start", behavior: calm ? "auto" : "smooth" });
  return true;
}

/** Takes the mark away. */
export function clear(): void {
  globalThis.CSS?.highlights?.delete(NAME);
}

/** A quote as fragments to look for: whole, and where that fails by its longest line or its beginning and end. */
export function quoted(quote: string): Fragment[] {
  const whole = quote.replace(/…$/, "").trim();
  const words = whole.split(/\s+/);
  const ends =
    words.length > 12 ? [{ start: words.slice(0, 5).join(" "), end: words.slice(-5).join(" ") }] : [];
  // An entry of a glossary is cited in one line; on the page its term stands apart from what it means.
  const [, meaning] = /^.{1,60}?: (.{24,})$/s.exec(whole) ?? [];
  const line = whole.split(/\n+/).reduce((longest, one) => (one.length > longest.length ? one : longest), "");
  return [
    { start: whole },
    ...ends,
    ...(meaning ? [{ start: meaning }] : []),
    ...(line.length >= SHORTEST_PART && line !== whole ? [{ start: line }] : []),
  ];
}

function find(scope: Element, section: Element | null, fragments: readonly Fragment[]): Range | null {
  if (!fragments.length) return null;
  const nodes = texts(scope);
  const whole = nodes.map((node) => node.data).join("");
  const starts: number[] = [];
  let length = 0;
  for (const node of nodes) {
    starts.push(length);
    length += node.length;
  }
  // The same sentence may stand in several sections: the one that the anchor names comes first.
  const first = section
    ? nodes.findIndex(
        (node) =>
          section.contains(node) || section.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING,
      )
    : -1;
  const page = folded(whole);
  const begin = first > 0 ? page.from.findIndex((offset) => offset >= starts[first]!) : 0;
  for (const fragment of fragments) {
    for (const from of begin > 0 ? [begin, 0] : [0]) {
      const found = located(page, fragment, from);
      if (found) return ranged(nodes, starts, found[0], found[1]);
    }
  }
  return null;
}

function ranged(nodes: Text[], starts: number[], from: number, to: number): Range {
  const range = document.createRange();
  const at = (offset: number) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  const first = at(from);
  const last = at(to - 1);
  range.setStart(nodes[first]!, from - starts[first]!);
  range.setEnd(nodes[last]!, to - starts[last]!);
  return range;
}

function texts(scope: Element): Text[] {
  const walker = document.createTreeWalker(scope, NodeFilter.SHOW_TEXT, (node) =>
    node.parentElement?.closest(UNSEEN) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
  );
  const found: Text[] = [];
  while (walker.nextNode()) found.push(walker.currentNode as Text);
  return found;
}

function mark(range: Range): void {
  if (!globalThis.CSS?.highlights) {
    const selection = getSelection(); // what every browser can show
    selection?.removeAllRanges();
    selection?.addRange(range);
    return;
  }
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(
      `::highlight(${NAME}){background-color:var(--chatkit-highlight,#ffe58a);color:var(--chatkit-on-highlight,#1d1d21)}`,
    );
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  }
  CSS.highlights.set(NAME, new Highlight(range));
}

/** Opens what hides `element`: details that are closed. */
function open(element: Element | null): void {
  for (let at = element?.closest("details"); at; at = at.parentElement?.closest("details")) at.open = true;
}
