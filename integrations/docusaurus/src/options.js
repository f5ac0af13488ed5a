/** The options of the plugin: what they may be, and what is said of those that may not. */

const ASSETS = ["server", "copy"];
const POSITIONS = ["right", "left", "none"];
const THEMES = ["light", "dark"];
const TEXTS = ["title", "label", "greeting", "disclaimer", "locale", "selector", "book"];

/** How each option is checked; what it gives back is the message for whoever wrote it, or nothing. */
const CHECKS = {
  server: (value) => (value === "" || isOrigin(value) ? "" : 'an address such as "https://chat.example.org", or ""'),
  devServer: (value) => (value === false || isOrigin(value) ? "" : 'an address such as "http://127.0.0.1:8000", or false'),
  assets: oneOf(ASSETS),
  position: oneOf(POSITIONS),
  theme: oneOf(THEMES),
  starters: (value) =>
    Array.isArray(value) && value.every((line) => typeof line === "string" && line.trim() && !/[\n|]/.test(line))
      ? ""
      : "a list of questions, each on one line and without |",
  open: (value) => (typeof value === "boolean" ? "" : "true or false"),
  id: (value) => (typeof value === "string" ? "" : "a string"),
  ...Object.fromEntries(TEXTS.map((name) => [name, (value) => (typeof value === "string" ? "" : "a string")])),
};

const DEFAULTS = {
  server: "",
  devServer: "http://127.0.0.1:8000",
  assets: "server",
  selector: ".theme-doc-markdown",
};

/** `given` with what was left out; throws an error that names every option that cannot be used. */
export function checked(given = {}) {
  const wrong = [];
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    if (!(name in CHECKS)) wrong.push(`"${name}" is no option; there are ${Object.keys(CHECKS).join(", ")}.`);
    else if (CHECKS[name](value)) wrong.push(`"${name}" must be ${CHECKS[name](value)}, and not ${shown(value)}.`);
  }
  const options = { ...DEFAULTS, ...given };
  if (options.assets === "copy" && !options.server)
    wrong.push('"assets": "copy" needs "server": the copied files have to know where to ask.');
  if (wrong.length) throw new Error(`@pageside/docusaurus-plugin: ${wrong.join(" ")}`);
  return { ...options, server: options.server.replace(/\/+$/, "") };
}

/** What the script is told, as attributes: the options that say how the assistant looks and speaks. */
export function attributes(options) {
  const told = { server: options.server || undefined, starters: options.starters?.join("\n") };
  for (const name of [...TEXTS, "position", "theme"]) told[name] = options[name];
  const filled = Object.entries(told).filter(([, value]) => value);
  const named = filled.map(([name, value]) => [`data-${name}`, value]);
  return { ...Object.fromEntries(named), ...(options.open ? { "data-open": true } : {}) };
}

function oneOf(values) {
  const listed = values.map((value) => `"${value}"`).join(" or ");
  return (value) => (values.includes(value) ? "" : listed);
}

function isOrigin(value) {
  return typeof value === "string" && URL.canParse(value) && /^https?:\/\/[^/]/.test(value) && !/[?#]/.test(value);
}

function shown(value) {
  return JSON.stringify(value) ?? String(value);
}
