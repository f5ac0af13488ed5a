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
  ":host([position$=left]) button{inset-inline:20px auto}:host([position=none]) button{display:none}@media print{:host{display:none}}.launcher{position:fixed;bottom:20px;inset-inline-end:20px;width:56px;height:56px;border:0;border-radius:28px;cursor:pointer;background:var(--chatkit-primary,#4f46e5);color:#fff}.launcher::after{content:'';display:block;width:24px;height:24px;margin:auto;background:currentColor;clip-path:path(evenodd,'M3 4h18v13h-9.5l-6.5 5v-5h-2zM5 6v9h2v3l4-3h8v-9z')}",
);
root.adoptedStyleSheets = [sheet];
const button = document.createElement("button");
button.className = "launcher";
button.ariaLabel = script.dataset.label || "Ask the book";
root.append(button);

let loading = false;
let wanted = false;
let tries = "";
const fetchRest = () => {
  if (loading) return;
  loading = true;
  globalThis.pagesideFrom = [script.dataset.server || meta?.content || here, here];
  // Browsers remember a module that failed under its address.
  import(here + "/chatkit.js" + tries).catch(() => {
    loading = wanted = false;
    tries += "?";
  });
};
const start = () => {
  wanted = true;
  fetchRest();
};
/** Whether the rest is there: from then on it hears everything itself. */
const isThere = () => "toggle" in host;

button.onpointerenter = button.onfocus = fetchRest;
button.onclick = start;
addEventListener("keydown", (event) => {
  const field = event.composedPath()[0] as HTMLElement;
  if (
    isThere() ||
    !(event.ctrlKey || event.metaKey) ||
    event.key !== "i" ||
    field.isContentEditable ||
    "selectionStart" in field
  )
    return;
  event.preventDefault();
  start();
});
document.addEventListener("selectionchange", () => `${getSelection()}`.trim() && fetchRest());
try {
  if (sessionStorage["pageside:open"] || sessionStorage["pageside:pending"] || "open" in script.dataset)
    fetchRest();
} catch {
  // storage is forbidden here, so nothing was open
}
customElements
  .whenDefined("pageside-assistant")
  .then(() => wanted && (host as HTMLElement & { toggle(): void }).toggle());
document.body.append(host);
