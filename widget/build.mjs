/** Builds what the server hands out into src/pageside/web/static, and says how large each file is. */

import { readFileSync } from "node:fs";
import { mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { build, context } from "esbuild";
import { lucideEntries, lucideFiles } from "./lucide.mjs";
import { sharing } from "./sharing.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const place = resolve(here, "../src/pageside/web/static");
// Built beside its place and then moved there, so that a server or a packager never meets half of it.
const out = process.argv.includes("--watch") ? place : `${place}.new`;

/**
 * The oldest browsers: syntax is made theirs. What they lack besides is `CSS.highlights` and `popover`, which the code
 * does without where they are absent.
 */
const OLDEST = ["chrome120", "firefox121", "safari16.4"];

const common = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  target: OLDEST,
  charset: "utf8",
  legalComments: "none",
  jsx: "automatic",
  jsxImportSource: "preact",
  logLevel: "warning",
  metafile: true,
  plugins: [sheets()],
};

/** Style sheets as minified text, to be adopted by a shadow root. */
function sheets() {
  return {
    name: "sheets",
    setup(on) {
      on.onLoad({ filter: /\.css$/ }, async ({ path }) => {
        const made = await build({
          entryPoints: [path],
          minify: true,
          write: false,
          bundle: true,
          target: OLDEST,
          loader: { ".css": "css" },
        });
        return { contents: made.outputFiles[0].text.trim(), loader: "text" };
      });
    },
  };
}

/** What pages name themselves: classic scripts, which any page can carry. */
const scripts = {
  ...common,
  entryPoints: { chatkit: "src/chatkit.ts", loader: "src/loader.ts" },
  format: "iife",
  outdir: out,
};

/** What those import when it is needed. */
async function modules() {
  const entryPoints = lucideEntries();
  for (const name of await readdir(join(here, "src/lazy"))) {
    if (/\.tsx?$/.test(name) && !name.endsWith(".test.ts"))
      entryPoints[`lazy/${name.replace(/\.tsx?$/, "")}`] = `src/lazy/${name}`;
  }
  for (const name of languages()) {
    entryPoints[`lazy/language-${name}`] = `highlight.js/lib/languages/${name}`;
  }
  return {
    ...common,
    plugins: [...common.plugins, sharing(), lucideFiles()],
    entryPoints,
    format: "esm",
    splitting: true,
    chunkNames: "lazy/shared-[hash]",
    outdir: out,
  };
}

/** Languages that are highlighted by a file of their own; src/text/languages.ts names them. */
function languages() {
  const text = readFileSync(join(here, "src/text/languages.ts"), "utf8");
  const names = [...text.matchAll(/^ {2}"(.*?)"/gm)].map((match) => match[1]).join("");
  return names.split(", ").map((each) => each.split(" ")[0]);
}

/** What draws diagrams in a frame without an origin: one classic script, because modules would need CORS there. */
const frame = {
  ...common,
  entryPoints: { "lazy/diagram": "src/frame/diagram.ts", diagram: "src/frame/diagram.html" },
  alias: { katex: "./src/frame/no-katex.ts" },
  loader: { ".html": "copy" },
  format: "iife",
  outdir: out,
};

/** The licences of every package that went into the files: comments do not survive, and most ask to be named. */
async function licenses(built) {
  const inputs = built.flatMap(({ metafile }) =>
    Object.values(metafile.outputs).flatMap((output) => Object.keys(output.inputs)),
  );
  const folders = inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []);
  const texts = [];
  for (const folder of [...new Set(folders)].sort()) {
    const { name, version, license } = JSON.parse(readFileSync(join(here, folder, "package.json"), "utf8"));
    const file = (await readdir(join(here, folder))).find((each) => /^licen[cs]e/i.test(each));
    const text = file ? readFileSync(join(here, folder, file), "utf8").trim() : `License: ${license}`;
    texts.push(`${name} ${version}\n\n${text}\n`);
  }
  return texts.join(`\n${"-".repeat(72)}\n\n`);
}

async function compress() {
  const made = [];
  for (const path of await files(out)) {
    if (!/\.(js|css|html|svg|txt)$/.test(path)) continue;
    const bytes = readFileSync(path);
    const [zipped, brotli] = await Promise.all([
      promisify(gzip)(bytes, { level: 9 }),
      // The best quality takes seconds for megabytes, and gains little there.
      promisify(brotliCompress)(bytes, {
        params: { [constants.BROTLI_PARAM_QUALITY]: bytes.length > 1_000_000 ? 9 : 11 },
      }),
    ]);
    await writeFile(`${path}.gz`, zipped);
    await writeFile(`${path}.br`, brotli);
    made.push([path.slice(out.length + 1), bytes.length, zipped.length, brotli.length]);
  }
  return made;
}

async function files(folder) {
  const found = [];
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if ((await stat(path)).isDirectory()) found.push(...(await files(path)));
    else if (!/\.(gz|br)$/.test(name)) found.push(path);
  }
  return found;
}

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
if (process.argv.includes("--watch")) {
  for (const options of [scripts, frame, await modules()]) await (await context(options)).watch();
} else {
  const built = await Promise.all([build(scripts), build(frame), build(await modules())]);
  await writeFile(join(out, "licenses.txt"), await licenses(built));
  const made = await compress();
  await rm(place, { recursive: true, force: true });
  await rename(out, place);
  for (const [name, bytes, zipped, brotli] of made.sort((a, b) => a[0].localeCompare(b[0]))) {
    if (!/shared-|language-|lucide-/.test(name))
      console.log(`${name.padEnd(28)} ${kb(bytes)}  gzip ${kb(zipped)}  br ${kb(brotli)}`);
  }
}

function kb(bytes) {
  return `${(bytes / 1024).toFixed(2).padStart(9)} KiB`;
}
