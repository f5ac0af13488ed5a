/** Putting text where the reader can paste it from. */

/** Copies `text`; resolves to whether that worked. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyByCommand(text);
  }
}

/** Pages without HTTPS have no clipboard API; what the browser's own command copies can be given to it. */
function copyByCommand(text: string): boolean {
  const aborter = new AbortController();
  const options = { capture: true, signal: aborter.signal };
  // Where nothing is selected there is something to copy all the same, which WebKit asks first.
  document.addEventListener("beforecopy", (event) => event.preventDefault(), options);
  document.addEventListener(
    "copy",
    (event) => {
      event.clipboardData?.setData("text/plain", text);
      event.preventDefault();
      event.stopPropagation();
    },
    options,
  );
  try {
    return document.execCommand("copy");
  } catch {
    return false;
  } finally {
    aborter.abort();
  }
}
