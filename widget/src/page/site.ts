/** The page around the assistant: what it is about, and how it looks. */

const MOST_HEADINGS = 40;

export interface PageContext {
  url: string;
  title: string;
  path?: string;
  headings: string[];
  description?: string;
}

/** The part of the page that is the book. */
export function content(selector: string | null): Element {
  const found = selector ? document.querySelector(selector) : null;
  return found ?? document.querySelector("main, [role=main], article") ?? document.body;
}

/** What the page says of itself, for the tutor. */
export function pageContext(scope: Element): PageContext {
  const named = (name: string) =>
    document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content || undefined;
  const text = (element: Element) => element.textContent?.replace(/[\u200b#¶]+\s*$/, "").trim() ?? "";
  const heading = scope.querySelector("h1");
  return {
    url: location.href.split("#")[0]!,
    title: (heading && text(heading)) || document.title,
    path: named("pageside:path"),
    headings: [...scope.querySelectorAll("h2, h3")].slice(0, MOST_HEADINGS).map(text).filter(Boolean),
    description: named("description"),
  };
}

/**
 * Whether the page is dark: as Docusaurus, Material for MkDocs and others say it, else by the colour behind `scope`, else
 * as a page that paints nothing is.
 */
export function isDark(scope: Element): boolean {
  const { documentElement: root, body } = document;
  const said =
    root.dataset.theme ?? root.dataset.bsTheme ?? body.dataset.mdColorScheme ?? root.dataset.colorMode ?? "";
  if (/^(dark|slate)$/.test(said)) return true;
  if (/^(light|default)$/.test(said)) return false;
  if (root.classList.contains("dark")) return true;
  const behind = [body, root];
  for (let at = scope.parentElement; at; at = at.parentElement) behind.push(at);
  for (const element of behind) {
    const lightness = lightnessOf(getComputedStyle(element).backgroundColor);
    if (lightness !== null) return lightness < 0.43;
  }
  const { colorScheme } = getComputedStyle(root);
  if (!colorScheme.includes("dark")) return false;
  return !colorScheme.includes("light") || matchMedia("(prefers-color-scheme: dark)").matches;
}

/** How light a computed colour is, from 0 to 1; null where it is transparent, or in a notation that is not known. */
function lightnessOf(color: string): number | null {
  const [, notation = "", values = ""] = /^(\w+)\((.*)\)$/.exec(color) ?? [];
  const [first = Number.NaN, green = 0, blue = 0, alpha] = values
    .split(/[\s,/]+/)
    .map(Number.parseFloat)
    .filter((value) => !Number.isNaN(value)); // of `color()`, the first word is the name of a space
  if (alpha === 0 || Number.isNaN(first)) return null;
  if (/^okl/.test(notation)) return first;
  if (/^l/.test(notation)) return first / 100;
  return (0.299 * first + 0.587 * green + 0.114 * blue) / (/^rgb/.test(notation) ? 255 : 1);
}

/** Calls `changed` whenever the theme or the language of the page may have changed; returns what ends that. */
export function watch(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  const attributes = [
    "data-theme",
    "data-md-color-scheme",
    "data-bs-theme",
    "data-color-mode",
    "class",
    "lang",
    "dir",
  ];
  const ended = new AbortController();
  const { signal } = ended;
  for (const element of [document.documentElement, document.body]) {
    observer.observe(element, { attributes: true, attributeFilter: attributes });
    // A colour that changes slowly is the new one only now.
    element.addEventListener("transitionend", (event) => event.target === element && changed(), { signal });
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed, { signal });
  return () => {
    observer.disconnect();
    ended.abort();
  };
}
