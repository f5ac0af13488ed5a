/** Properties of widgets, which are a server's data: each is what it should be, or it is not there. */

/** An address that may be shown as a picture: of the web, of the page, or the picture itself; nothing else. */
export function imageUrl(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const url = value.trim();
  if (/^data:/i.test(url))
    return /^data:image\/(png|jpeg|gif|webp|svg\+xml)[;,]/i.test(url) ? url : undefined;
  try {
    const { protocol } = new URL(url, document.baseURI);
    return /^(https?|blob):$/.test(protocol) ? url : undefined;
  } catch {
    return undefined;
  }
}
