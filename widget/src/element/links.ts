/** What becomes of a click on a link of an answer. */

import type { Source } from "../protocol/types";
import { decoded, target } from "../text/links";

const DEEPLINK = "chatkit-link:";

/**
 * A function that opens links: `chatkit-link://` ones as events, others in the page where `navigate` can, else in a new
 * tab. Links that run anything are not opened.
 */
export function opener(
  deeplink: (name: string, data: Record<string, unknown>) => void,
  navigate: (url: string, quote?: string) => boolean,
): (url: string, from?: Source) => void {
  return (url, from) => {
    if (url.slice(0, DEEPLINK.length).toLowerCase() === DEEPLINK) {
      const { name, data } = parsed(url);
      deeplink(name, data);
      return;
    }
    const found = target(url);
    if (!found) return;
    const { href } = new URL(found.url, document.baseURI);
    if (!navigate(href, from?.description)) window.open(href, "_blank", "noopener,noreferrer");
  };
}

/** `chatkit-link://name?key=value` in parts. */
export function parsed(url: string): { name: string; data: Record<string, unknown> } {
  const [, head, query] = /^(?:\/\/)?([^?]*?)\/?(?:\?(.*))?$/s.exec(url.slice(DEEPLINK.length))!;
  return { name: decoded(head!), data: Object.fromEntries(new URLSearchParams(query)) };
}
