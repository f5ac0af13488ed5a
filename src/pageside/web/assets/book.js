// Light or dark: as the system has it until the reader says otherwise; then as they said, on every page.
"use strict";

const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");

function kept() {
  try {
    return localStorage.getItem("pageside:theme");
  } catch {
    return null; // storage is forbidden here: the system's it is
  }
}

if (["light", "dark"].includes(kept())) root.dataset.theme = kept();

document.addEventListener("DOMContentLoaded", () => {
  const button = document.getElementById("theme");
  const isDark = () => (root.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";
  const tell = () => button.setAttribute("aria-pressed", String(isDark()));
  button.hidden = false;
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    try {
      localStorage.setItem("pageside:theme", root.dataset.theme);
    } catch {
      // as above: it holds for this page
    }
    tell();
  });
  system.addEventListener("change", tell);
  tell();

  // The contents are open beside the page, and closed above it.
  const contents = document.getElementById("contents");
  const wide = matchMedia("(min-width: 60rem)");
  const fit = () => contents && (contents.open = wide.matches);
  wide.addEventListener("change", fit);
  fit();
});
