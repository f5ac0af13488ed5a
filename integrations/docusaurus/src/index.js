/** The assistant of Pageside beside every page of a Docusaurus site. */

import { cpSync, existsSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { attributes, checked } from "./options.js";

const COPIED = "pageside";
const SCRIPTS = ["loader.js", "chatkit.js"];
const SERVED = ["/chatkit", "/api/chatkit", "/chatkit.js", "/loader.js", "/-/widget"];
/** Where the built element may stand: in the package, or in the checkout that the package is part of. */
const BUILT = ["../element", "../../../src/pageside/web/static"].map((path) => fileURLToPath(new URL(path, import.meta.url)));

export default function pageside({ baseUrl }, options) {
  const developing = process.env.NODE_ENV === "development";
  const copies = options.assets === "copy" && !developing;
  const scripts = copies ? `${baseUrl}${COPIED}` : options.server;
  return {
    name: "pageside",

    getClientModules() {
      return [fileURLToPath(new URL("client.js", import.meta.url))];
    },

    injectHtmlTags() {
      const script = { src: `${scripts}/loader.js`, defer: true, ...attributes(options) };
      return { headTags: [{ tagName: "script", attributes: script }] };
    },

    /** In development the server is reached through the site's own address, so that it needs to allow no other. */
    configureWebpack(_config, isServer) {
      if (!developing || isServer || options.server || !options.devServer) return {};
      return { devServer: { proxy: [{ context: SERVED, target: options.devServer }] } };
    },

    async postBuild({ outDir }) {
      if (!copies) return;
      const from = BUILT.find((path) => existsSync(join(path, "chatkit.js")));
      if (!from)
        throw new Error('@pageside/docusaurus-plugin: the element is not built; run "make widget", or use assets: "server".');
      // Two scripts, and beside them what they load, as the server has it.
      const compressed = /\.(gz|br)$/;
      for (const name of SCRIPTS) cpSync(join(from, name), join(outDir, COPIED, name));
      cpSync(from, join(outDir, COPIED, "-", "widget"), {
        recursive: true,
        filter: (path) => !compressed.test(path) && !SCRIPTS.includes(relative(from, path)),
      });
    },
  };
}

/** Docusaurus asks this before it makes the plugin; what it throws stops the build and is shown. */
export function validateOptions({ options }) {
  return checked(options);
}
