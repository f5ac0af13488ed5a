/** Formulas of TeX as a tree of MathML elements, by KaTeX; the element makes nodes of it. */

import katex from "katex";

/** An element with its attributes and children, or a text. */
export type MathNode = string | [name: string, attributes: Record<string, string>, children: MathNode[]];

/** What KaTeX builds: elements, texts, spaces and groups of them. */
interface Built {
  type?: string;
  attributes?: Record<string, string>;
  children?: Built[];
  text?: string;
  width?: number;
  character?: string | null;
}

/** KaTeX's own way to its tree, which its types leave out. */
const { __renderToDomTree: domTree } = katex as unknown as {
  __renderToDomTree(text: string, options: katex.KatexOptions): Built;
};
const ELEMENTS = new Set(
  (
    "math mrow mi mn mo ms mtext mspace msup msub msubsup mfrac msqrt mroot mover munder munderover mmultiscripts " +
    "mprescripts none mtable mtr mlabeledtr mtd mpadded mphantom menclose mstyle merror mglyph"
  ).split(" "),
);
const ATTRIBUTES = new Set(
  (
    "display mathvariant stretchy fence separator lspace rspace minsize maxsize symmetric movablelimits accent " +
    "accentunder linethickness columnalign columnspacing rowspacing columnlines rowlines width height depth voffset " +
    "scriptlevel displaystyle mathcolor mathbackground mathsize notation largeop form xmlns side align"
  ).split(" "),
);

/** The formula `text` as MathML; null where it is not TeX that KaTeX reads. */
export function formula(text: string, display: boolean): MathNode | null {
  try {
    const built = domTree(text, {
      displayMode: display,
      output: "mathml",
      trust: false,
      strict: "ignore",
      throwOnError: true,
      maxSize: 20,
      maxExpand: 300,
    });
    const math = find(built, "math");
    const content = math && (find(math, "semantics")?.children?.[0] ?? math);
    if (!content) return null;
    const attributes: Record<string, string> = { alttext: text };
    if (display) attributes.display = "block";
    return ["math", attributes, nodes(content)];
  } catch {
    return null;
  }
}

function find(built: Built, type: string): Built | undefined {
  if (built.type === type) return built;
  for (const child of built.children ?? []) {
    const found = find(child, type);
    if (found) return found;
  }
  return undefined;
}

function nodes(built: Built): MathNode[] {
  if (typeof built.text === "string") return [built.text];
  if (built.character) return [["mtext", {}, [built.character]]];
  if (typeof built.width === "number" && !built.type) return [["mspace", { width: `${built.width}em` }, []]];
  const children = (built.children ?? []).flatMap(nodes);
  const { type } = built;
  if (!type || !ELEMENTS.has(type)) return children;
  // KaTeX writes style sheets' words into some elements; only what MathML itself names is kept.
  const attributes = Object.entries(built.attributes ?? {}).filter(([name]) => ATTRIBUTES.has(name));
  return [[type, Object.fromEntries(attributes.map(([name, value]) => [name, String(value)])), children]];
}
