/**
 * Draws the button and fetches the rest when somebody is about to need it. It stands on every page, so it stays below
 * 1 KB: whatever can wait for `chatkit.js` does.
 */

const script = document.currentScript as HTMLScriptElement;
const meta = document.querySelector<HTMLMetaElement>('meta[name="pageside:server"]');
const here = script.src.replace(/\/[^/]*$/, "");
const host = document.createElement("pageside-assistant");
for (const name in script.dataset) host.setAttribute(name, script.dataset[name]!);

const root = host.attachShadow({ mode: "open" });
const sheet = new CSSStyleSheet();
sheet.replaceSync(
  ":host([position$=left]) button{inset-inline:20px auto}:host([position=none]) button{display:none}.launcher{position:fixed;bottom:20px;inset-inline-end:20px;width:56px;height:56px;border:0;border-radius:28px;cursor:pointer;background:var(--chatkit-primary,#4f46e5);color:#fff}svg{width:24px;pointer-events:none;fill:none;stroke:currentColor;stroke-width:2;stroke-linejoin:round}",
);
root.adoptedStyleSheets = [sheet];
const button = document.createElement("button");
button.className = "launcher";
button.ariaLabel = script.dataset.label || "Ask the book";
const draw = (name: string, ...attributes: string[]) => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  made.setAttribute(...(attributes as [string, string]));
  return made;
};
const svg = draw("svg", "viewBox", "0 0 24 24");
svg.append(draw("path", "d", "M4 5h16v11h-9l-5 4v-4H4z"));
button.append(svg);
root.append(button);

let loading: Promise<unknown> | undefined;
const fetchRest = () => {
  globalThis.pagesideFrom = [script.dataset.server || meta?.content || here, here];
  loading ??= import(here + "/chatkit.js");
  return loading;
};
const start = () => fetchRest().then(() => (host as HTMLElement & { toggle(): void }).toggle());
const waiting = new AbortController();
const { signal } = waiting;

button.addEventListener("pointerenter", fetchRest, { signal });
button.addEventListener("focus", fetchRest, { signal });
button.addEventListener("click", start, { signal });
addEventListener(
  "keydown",
  (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "i") start();
  },
  { signal },
);
document.addEventListener("selectionchange", () => `${getSelection()}`.trim() && fetchRest(), { signal });
try {
  if (sessionStorage["pageside:open"] || sessionStorage["pageside:pending"] || "open" in script.dataset)
    fetchRest();
} catch {
  // storage is forbidden here, so nothing was open
}
customElements.whenDefined("pageside-assistant").then(() => waiting.abort());
document.body.append(host);
