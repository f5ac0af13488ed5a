/**
 * Joins the assistant with the router of the site: a citation opens without a reload, and the assistant hears where the
 * reader is.
 *
 * The assistant asks by `pageside:navigate`, an event on `document` that may be cancelled; whoever cancels it goes there.
 */

import siteConfig from "@generated/docusaurus.config";
import routes from "@generated/routes";
import ExecutionEnvironment from "@docusaurus/ExecutionEnvironment";
import { matchPath } from "@docusaurus/router";

/** Whether a page of this site stands at `path`; the route for what is not found takes everything and counts for nothing. */
function stands(path, among = routes) {
  return among.some((route) => {
    if (route.path === "*" || !matchPath(path, { path: route.path, exact: route.exact, strict: route.strict })) return false;
    return route.routes ? stands(path, route.routes) : true;
  });
}

function navigate(event) {
  const url = new URL(event.detail.url, location.href);
  if (url.origin !== location.origin || !url.pathname.startsWith(siteConfig.baseUrl) || !stands(url.pathname)) return;
  event.preventDefault();
  const go = () => {
    // The router listens to the history of the browser, and has no door for those who are not among its components.
    history.pushState(null, "", url.pathname + url.search + url.hash);
    dispatchEvent(new PopStateEvent("popstate", { state: null }));
  };
  const loaded = window.docusaurus?.preload?.(url.pathname) ?? Promise.resolve();
  loaded.then(go, () => location.assign(url));
}

if (ExecutionEnvironment.canUseDOM) document.addEventListener("pageside:navigate", navigate);

export function onRouteDidUpdate({ location: { pathname, search, hash } }) {
  document.dispatchEvent(new CustomEvent("pageside:navigated", { detail: { url: pathname + search + hash } }));
}
