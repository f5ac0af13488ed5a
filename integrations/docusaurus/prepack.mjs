/** Puts the built element into the package, for sites that carry it themselves (`assets: "copy"`). */

import { cpSync, existsSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const built = fileURLToPath(new URL("../../src/pageside/web/static", import.meta.url));
const packed = fileURLToPath(new URL("element", import.meta.url));
if (!existsSync(`${built}/chatkit.js`)) throw new Error("Build the element first: make widget");
rmSync(packed, { recursive: true, force: true });
cpSync(built, packed, { recursive: true, filter: (path) => !/\.(gz|br)$/.test(path) });
