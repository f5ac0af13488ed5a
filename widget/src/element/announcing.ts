/** Says things to readers who do not see the screen. */

const LATER_MS = 100;

/** A function that says a text through one polite live region in `root`; the same text twice is said twice. */
export function announcer(root: ShadowRoot): (text: string) => void {
  const region = document.createElement("div");
  region.className = "unseen";
  region.setAttribute("role", "status");
  region.setAttribute("aria-live", "polite");
  let soon: ReturnType<typeof setTimeout> | undefined;
  return (text) => {
    if (!region.isConnected) root.append(region);
    region.textContent = "";
    clearTimeout(soon);
    soon = setTimeout(() => {
      region.textContent = text;
    }, LATER_MS);
  };
}
