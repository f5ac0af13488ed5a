/**
 * Files that are loaded when something needs them.
 *
 * Such a file is a module of its own: it must not import Preact, because its copy would not be the element's; it gives
 * data or plain functions, and the element makes nodes of them.
 */

const loaded = new Map<string, Promise<unknown>>();

/** The module `lazy/<name>.js` under `assets`, fetched once; one that failed is tried again at the next call. */
export function load<T>(assets: string, name: string): Promise<T> {
  const url = `${assets}lazy/${name}.js`;
  let module = loaded.get(url) as Promise<T> | undefined;
  if (!module) {
    module = fetched<T>(url);
    loaded.set(url, module);
    module.catch(() => loaded.delete(url));
  }
  return module;
}

/** Browsers remember a module that failed under its address, so a second attempt needs another address. */
async function fetched<T>(url: string): Promise<T> {
  try {
    return (await import(/* @vite-ignore */ url)) as T;
  } catch {
    return (await import(/* @vite-ignore */ `${url}?again=${Date.now()}`)) as T;
  }
}
