/** Builds the gallery and serves it: `node tests/gallery.mjs [port]`. Nothing of it goes into the product. */

import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { lucideEntries, lucideFiles } from "../lucide.mjs";
import { sharing } from "../sharing.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const src = join(here, "../src");
const common = {
  bundle: true,
  write: false,
  outdir: "/",
  target: ["es2022"],
  jsx: "automatic",
  jsxImportSource: "preact",
  loader: { ".css": "text" },
};
const made = await Promise.all([
  build({ ...common, entryPoints: { gallery: join(here, "gallery.tsx") }, format: "iife" }),
  build({
    ...common,
    entryPoints: {
      ...lucideEntries(),
      ...Object.fromEntries(
        ["chart", "icons", "widgets"].map((name) => [`lazy/${name}`, join(src, `lazy/${name}.ts`)]),
      ),
    },
    format: "esm",
    plugins: [sharing(), lucideFiles()],
  }),
]);
const files = new Map(made.flatMap(({ outputFiles }) => outputFiles.map((file) => [file.path, file.text])));
const page = `<!doctype html><html lang="en"><title>Gallery</title><meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="page.css"><link rel="icon" href="data:,"><body><main><h1 hidden>Gallery</h1></main><script src="gallery.js"></script></body></html>`;
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

createServer((request, response) => {
  const { pathname } = new URL(request.url, "http://localhost");
  const text =
    pathname === "/"
      ? page
      : pathname === "/page.css"
        ? "html,body{height:100%;margin:0}"
        : files.get(pathname);
  const type = pathname.endsWith(".js")
    ? "text/javascript"
    : pathname.endsWith(".css")
      ? "text/css"
      : "text/html";
  response.writeHead(text ? 200 : 404, {
    "content-type": `${type}; charset=utf-8`,
    "content-security-policy": policy,
  });
  response.end(text);
}).listen(Number(process.argv[2] ?? 8099));
