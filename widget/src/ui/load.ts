/**
 * Files that are loaded when something needs them, each a module of its own.
 *
 * Where one imports Preact or a module that `shared.ts` names, the build hands it the element's own: a second copy would
 * know nothing of the first one's components.
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
