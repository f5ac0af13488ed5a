/** Builds the React page for the browser tests, as development and as production, into the folder that is named. */

import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));

for (const mode of ["development", "production"]) {
  await build({
    absWorkingDir: here,
    entryPoints: { [`react-${mode}`]: "host.tsx" },
    bundle: true,
    minify: mode === "production",
    format: "iife",
    jsxDev: mode === "development",
    tsconfigRaw: { compilerOptions: { jsx: "react-jsx", jsxImportSource: "react" } }, // the element's is Preact
    define: { "process.env.NODE_ENV": JSON.stringify(mode) },
    outdir: process.argv[2],
    logLevel: "warning",
  });
}
