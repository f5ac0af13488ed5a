/** Where this script came from, which is where its server and its other files are. */

const script = document.currentScript as HTMLScriptElement | null;

/** Set by the loader, which imports this file so that nothing tells where it came from. */
declare global {
  var pagesideServer: string | undefined;
}

const FILE = /\/[^/]*$/;

/** The address of the server, without a slash at the end. */
export function origin(): string {
  const from = globalThis.pagesideServer ?? script?.src.replace(FILE, "") ?? location.origin;
  return from.replace(/\/$/, "");
}
