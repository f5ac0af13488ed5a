/** Lets files that are loaded on demand use the element's own modules: those that src/ui/shared.ts names. */

import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const src = join(dirname(fileURLToPath(import.meta.url)), "src");

/** An esbuild plugin by which imports of shared modules give what the element has put in place for them. */
export function sharing() {
  const listed = readFileSync(join(src, "ui/shared.ts"), "utf8").matchAll(/^ {2}"?([\w/-]+)"?: \{/gm);
  const names = new Set(Array.from(listed, ([, name]) => name));
  return {
    name: "sharing",
    setup(on) {
      on.onResolve({ filter: /^(preact|\.)/ }, ({ path, resolveDir, importer }) => {
        if (relative(src, importer).startsWith("..")) return null;
        const name = path.startsWith(".") ? relative(src, join(resolveDir, path)) : path;
        return names.has(name) ? { path: name, namespace: "shared" } : null;
      });
      on.onLoad({ filter: /./, namespace: "shared" }, ({ path }) => ({
        contents: `module.exports = globalThis[Symbol.for("pageside.element")][${JSON.stringify(path)}];`,
      }));
    },
  };
}
