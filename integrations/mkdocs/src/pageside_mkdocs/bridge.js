/**
 * Joins the assistant with Material's instant navigation: it hears of every change of page, and goes to a page as a
 * reader does who clicks a link, so that the site decides how.
 */
(() => {
  "use strict";

  document.addEventListener("pageside:navigate", (event) => {
    const url = new URL(event.detail.url, location.href);
    if (typeof document$ === "undefined" || url.origin !== location.origin) return; // no instant navigation here
    event.preventDefault();
    const link = document.createElement("a");
    link.href = url.href;
    link.hidden = true;
    document.body.append(link);
    link.click();
    link.remove();
  });

  const told = () =>
    document.dispatchEvent(
      new CustomEvent("pageside:navigated", { detail: { url: location.pathname + location.search + location.hash } }),
    );
  // Of Material for MkDocs: tells when a page stands, at first and after each instant navigation.
  if (typeof document$ !== "undefined") document$.subscribe(told);
})();
