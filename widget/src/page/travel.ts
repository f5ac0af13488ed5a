/** Goes to what a citation means: on this page, to another page of the site, and marks it there. */

import { Place } from "../protocol/place";
import { clear, show } from "./highlight";

const PATIENCE_MS = 5000;
const STEP_MS = 50;

interface Pending {
  url: string;
  quote?: string;
}

export class Travel {
  readonly #pending = new Place<Pending | null>(() => sessionStorage, "pageside:pending", null);

  /**
   * @param scope The part of the page that is the book.
   * @param leaving Called before something on the page is shown.
   */
  constructor(
    private readonly scope: () => Element,
    private readonly leaving: () => void,
  ) {}

  /** Shows what `url` means where it is of this site; false where it is not. */
  go(url: string, quote?: string): boolean {
    const target = new URL(url, location.href);
    if (target.origin !== location.origin) return false;
    const address = target.href.split(":~:")[0]!.replace(/#$/, "");
    if (page(target) === page(location)) {
      this.leaving();
      if (!show(url, quote, this.scope())) clear();
      if (target.hash) history.replaceState(history.state, "", address);
      return true;
    }
    this.#pending.write({ url, quote });
    this.leaving();
    const event = new CustomEvent("pageside:navigate", { detail: { url: address }, cancelable: true });
    if (document.dispatchEvent(event)) location.assign(address);
    return true;
  }

  /** Marks what was asked for on the page before, as soon as this page has it. */
  async arrive(): Promise<void> {
    const pending = this.#pending.read();
    if (!pending || page(new URL(pending.url)) !== page(location)) return;
    this.#pending.write(null);
    const until = performance.now() + PATIENCE_MS;
    let seen = -1;
    while (performance.now() < until) {
      const scope = this.scope();
      const length = scope.textContent?.length ?? 0;
      // Looking through a long page takes time, so it is done again only when the page has more to look through.
      if (document.readyState !== "loading" && length !== seen) {
        if (show(pending.url, pending.quote, scope)) return;
        seen = length;
      }
      await new Promise((resolve) => setTimeout(resolve, STEP_MS));
    }
  }
}

/** The address of a page, however its site ends it; some sites keep their pages behind `#/`. */
export function page({
  pathname,
  search,
  hash = "",
}: {
  pathname: string;
  search: string;
  hash?: string;
}): string {
  const route = /^#[/!]/.test(hash) ? hash.split(":~:")[0] : "";
  return pathname.replace(/(\/index)?(\.html?)?\/?$/, "") + search + route;
}
