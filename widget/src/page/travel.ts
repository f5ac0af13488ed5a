/** Goes to what a citation means: on this page, to another page of the site, and marks it there. */

import { clear, show } from "./highlight";

const PENDING = "pageside:pending";
const PATIENCE_MS = 5000;
const STEP_MS = 50;

interface Pending {
  url: string;
  quote?: string;
}

export class Travel {
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
    keep({ url, quote });
    this.leaving();
    const event = new CustomEvent("pageside:navigate", { detail: { url: address }, cancelable: true });
    if (document.dispatchEvent(event)) location.assign(address);
    return true;
  }

  /** Marks what was asked for on the page before, as soon as this page has it. */
  async arrive(): Promise<void> {
    const pending = kept();
    if (!pending || page(new URL(pending.url)) !== page(location)) return;
    keep(null);
    for (let waited = 0; waited < PATIENCE_MS; waited += STEP_MS) {
      if (document.readyState !== "loading" && show(pending.url, pending.quote, this.scope())) return;
      await new Promise((resolve) => setTimeout(resolve, STEP_MS));
    }
  }
}

/** The address of a page, however its site ends it. */
export function page(url: { pathname: string; search: string }): string {
  return url.pathname.replace(/(\/index)?(\.html?)?\/?$/, "") + url.search;
}

function kept(): Pending | null {
  try {
    const found = sessionStorage.getItem(PENDING);
    return found ? (JSON.parse(found) as Pending) : null;
  } catch {
    return null; // storage is forbidden here: the page opens at its anchor
  }
}

function keep(pending: Pending | null): void {
  try {
    if (pending) sessionStorage.setItem(PENDING, JSON.stringify(pending));
    else sessionStorage.removeItem(PENDING);
  } catch {
    // as above
  }
}
