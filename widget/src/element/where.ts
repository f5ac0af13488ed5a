/** Where the server is, and where this script and the files it fetches stand: the same place, unless a site has copies. */

declare global {
  /** Server and folder of the files, set by the loader: a script that is imported is not told where it came from. */
  var pagesideFrom: [server: string, files: string] | undefined;
}

const script = document.currentScript as HTMLScriptElement | null;
const folder = script?.src.replace(/\/[^/]*$/, "");

/** The address of the server, without a slash at the end. */
export function origin(): string {
  return (globalThis.pagesideFrom?.[0] ?? folder ?? location.origin).replace(/\/$/, "");
}

/** Where the files that are loaded on demand stand, with a slash at the end. */
export function assets(): string {
  return `${globalThis.pagesideFrom?.[1] ?? folder ?? location.origin}/-/widget/`;
}
