/** Every icon of Lucide as files to be fetched, one for each first letter, so that an unusual icon costs little. */

import { createRequire } from "node:module";

const lucide = createRequire(import.meta.url)("lucide");

/** Drawings by their name without hyphens and capitals, by the first letter of that; old names are among them. */
export function iconsByLetter() {
  const letters = {};
  for (const [name, drawing] of Object.entries(lucide)) {
    if (!Array.isArray(drawing)) continue;
    const key = name.toLowerCase();
    letters[key[0]] ??= {};
    letters[key[0]][key] = drawing;
  }
  return letters;
}

/** Entry points of those files for esbuild. */
export function lucideEntries() {
  return Object.fromEntries(
    Object.keys(iconsByLetter()).map((letter) => [`lazy/lucide-${letter}`, `lucide:${letter}`]),
  );
}

/** An esbuild plugin that makes what `lucideEntries` names. */
export function lucideFiles() {
  return {
    name: "lucide",
    setup(on) {
      const letters = iconsByLetter();
      on.onResolve({ filter: /^lucide:/ }, ({ path }) => ({ path: path.slice(7), namespace: "lucide" }));
      on.onLoad({ filter: /./, namespace: "lucide" }, ({ path }) => ({
        contents: `export default ${JSON.stringify(letters[path])}`,
      }));
    },
  };
}
