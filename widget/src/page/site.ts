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

/** Whether the page is dark: as Docusaurus, Material for MkDocs and others say it, else by its colour, else the system's. */
export function isDark(): boolean {
  const { documentElement: root, body } = document;
  const said =
    root.dataset.theme ?? root.dataset.bsTheme ?? body.dataset.mdColorScheme ?? root.dataset.colorMode ?? "";
  if (/^(dark|slate)$/.test(said)) return true;
  if (/^(light|default)$/.test(said)) return false;
  if (root.classList.contains("dark")) return true;
  // Other notations, such as oklch(), count from other zeros.
  const [, parts] = /^rgba?\((.*)\)$/.exec(getComputedStyle(body).backgroundColor) ?? [];
  const color = parts?.match(/[\d.]+/g)?.map(Number);
  if (color && color.length >= 3 && color[3] !== 0)
    return 0.299 * color[0]! + 0.587 * color[1]! + 0.114 * color[2]! < 110;
  return matchMedia("(prefers-color-scheme: dark)").matches;
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
  for (const element of [document.documentElement, document.body])
    observer.observe(element, { attributes: true, attributeFilter: attributes });
  const system = matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", changed);
  return () => {
    observer.disconnect();
    system.removeEventListener("change", changed);
  };
}
