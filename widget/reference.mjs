/** Writes docs/reference/element.md: every option, method and event of the `@openai/chatkit` types, and what we do with it. */

import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const here = dirname(fileURLToPath(import.meta.url));
const PAGE = resolve(here, "../docs/reference/element.md");

/** The version whose types are listed. */
export const { version } = JSON.parse(
  readFileSync(join(here, "node_modules/@openai/chatkit/package.json"), "utf8"),
);

const said = JSON.parse(readFileSync(join(here, "support.json"), "utf8"));

/** Options by path, methods and events by name, each with its type as it is written in the types. */
export function listed() {
  const file = join(here, "node_modules/@openai/chatkit/types/index.d.ts");
  const program = ts.createProgram([file], { strict: true, lib: ["lib.es2022.d.ts", "lib.dom.d.ts"] });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const exported = new Map(
    checker.getExportsOfModule(checker.getSymbolAtLocation(source)).map((symbol) => [symbol.name, symbol]),
  );
  const own = (symbol) => symbol.declarations?.some((one) => one.getSourceFile() === source);
  const text = (symbol) => {
    const node = symbol.declarations[0];
    if (ts.isMethodSignature(node))
      return brief(`(${node.parameters.map((one) => one.getText()).join(", ")}) => ${node.type.getText()}`);
    return brief((node.type ?? node).getText());
  };

  const options = [];
  const walk = (type, path, seen) => {
    for (const part of type.isUnion() ? type.types : [type]) {
      for (const symbol of checker.getPropertiesOfType(part)) {
        if (!own(symbol)) continue;
        const name = path ? `${path}.${symbol.name}` : symbol.name;
        if (options.some((one) => one.name === name)) continue;
        const inner = checker.getNonNullableType(checker.getTypeOfSymbol(symbol));
        options.push({ name, type: text(symbol) });
        const item = checker.isArrayType(inner) ? checker.getTypeArguments(inner)[0] : inner;
        for (const one of item.isUnion() ? item.types : [item]) {
          if (!(one.flags & ts.TypeFlags.Object) || one.getCallSignatures().length || seen.has(one)) continue;
          walk(one, checker.isArrayType(inner) ? `${name}[]` : name, new Set([...seen, one]));
        }
      }
    }
  };
  walk(checker.getDeclaredTypeOfSymbol(exported.get("ChatKitOptions")), "", new Set());

  const members = (name) =>
    checker
      .getPropertiesOfType(checker.getDeclaredTypeOfSymbol(exported.get(name)))
      .filter(own)
      .map((symbol) => ({ name: symbol.name, type: text(symbol) }));
  return {
    options,
    methods: members("OpenAIChatKit").filter(({ name }) => !/EventListener$/.test(name)),
    events: members("ChatKitEvents"),
  };
}

/** The page, from the types and from what `support.json` says. */
export function written() {
  const { options, methods, events } = listed();
  const all = [...options, ...methods, ...events].map((one) => one.name);
  for (const name of [...Object.keys(said.unsupported), ...Object.keys(said.notes)])
    if (!all.includes(name)) throw new Error(`support.json speaks of ${name}, which the types do not have.`);
  const table = (title, rows) => [
    `## ${title}`,
    "",
    "| name | type | |",
    "|---|---|---|",
    ...rows.map(({ name, type }) => `| \`${name}\` | ${cell(type)} | ${note(name)} |`),
    "",
  ];
  return [
    "# The element",
    "",
    `\`<openai-chatkit>\` has the options, methods and events of the \`@openai/chatkit\` ${version} types.`,
    "This page is generated from those types by `npm run reference` and checked by the tests.",
    "Where the last column is empty, the entry does what ChatKit documents.",
    "Pageside is not affiliated with OpenAI; the element is written from the published types and the Python SDK.",
    "",
    `Entries that are not supported: ${Object.keys(said.unsupported).length}.`,
    "",
    ...table("Options", options),
    ...table("Methods", methods),
    ...table("Events", events),
    ...said.beside,
    "",
  ].join("\n");
}

function brief(type) {
  return type
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/\s+/g, " ")
    .trim();
}

function note(name) {
  const reason = said.unsupported[name];
  return reason ? `**Not supported**: ${reason}` : (said.notes[name] ?? "");
}

function cell(type) {
  const short = type.length > 90 ? `${type.slice(0, 89)}…` : type;
  return `\`${short.replace(/\|/g, "\\|")}\``;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const page = written();
  if (process.argv.includes("--names")) console.log(JSON.stringify(listed(), null, 1));
  else writeFileSync(PAGE, page);
}
