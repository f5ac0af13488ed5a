/** Which addresses of an answer may be followed, and which pictures may be fetched. */

const FOLLOWED = new Set(["http:", "https:", "mailto:", "tel:"]);
const PICTURE = /^data:image\/(?:png|jpeg|gif|webp)[;,]/i;

export interface Target {
  url: string;
  /** What stands in the markup; null where only the element can open it. */
  href: string | null;
  /** Leads away from this site, so it opens in a tab of its own. */
  away: boolean;
}

/** Where `url` leads; null where it must not be followed. */
export function target(url: string, base = document.baseURI): Target | null {
  if (/^chatkit-link:\/\//i.test(url)) return { url, href: null, away: false };
  const found = parsed(url, base);
  if (!found) return null;
  const page = new URL(base);
  const here = found.origin === page.origin && found.protocol === page.protocol;
  if (!here && !FOLLOWED.has(found.protocol)) return null;
  return { url, href: url, away: !here && /^http/.test(found.protocol) };
}

/** `text` without its escapes, and as it is where they are none. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Whether the browser is to do with a click on a link what it always does: another tab, another window, a download. */
export function isBrowsers(event: MouseEvent): boolean {
  return event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
}

/**
 * Whether a picture may be shown: it is inside of the text, of this page, of the server, or of a host that the thread allows.
 *
 * A picture is fetched without a click, so that its address can carry away what was said; hence the list.
 */
export function mayShow(
  src: string,
  allowed: readonly string[] = [],
  origins: readonly string[] = [],
): boolean {
  if (PICTURE.test(src)) return true;
  const found = parsed(src, document.baseURI);
  if (!found || !/^https?:$/.test(found.protocol)) return false;
  if (found.origin === new URL(document.baseURI).origin || origins.includes(found.origin)) return true;
  return allowed.some((host) => found.hostname === host || found.hostname.endsWith(`.${host}`));
}

function parsed(url: string, base: string): URL | null {
  try {
    return new URL(url, base);
  } catch {
    return null;
  }
}
