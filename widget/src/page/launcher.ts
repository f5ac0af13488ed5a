import { glyph } from "./glyph";

/** The button in the corner: the loader's where it has drawn one, so that nothing moves when this script takes over. */
export function launcher(root: ShadowRoot): HTMLButtonElement {
  const found = root.querySelector<HTMLButtonElement>("button.launcher");
  const button = found ?? document.createElement("button");
  button.type = "button";
  button.className = "launcher";
  button.setAttribute("aria-haspopup", "dialog");
  button.setAttribute("aria-expanded", "false");
  button.replaceChildren(glyph("chat"));
  if (!found) root.append(button);
  return button;
}
