/** The few drawings that stand outside of the chat, where no component is. */

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  chat: "M4 5h16v11h-9l-5 4v-4H4z",
  sparkle:
    "M12 3l1.9 5.6a2 2 0 0 0 1.3 1.3L21 12l-5.8 1.9a2 2 0 0 0-1.3 1.3L12 21l-1.9-5.8a2 2 0 0 0-1.3-1.3L3 12l5.8-2.1a2 2 0 0 0 1.3-1.3z",
};

/** A drawing in the colour of the text around it, as decoration. */
export function glyph(name: keyof typeof PATHS): SVGSVGElement {
  const made = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({
    viewBox: "0 0 24 24",
    width: "1.25em",
    height: "1.25em",
    fill: "none",
    stroke: "currentColor",
    "stroke-width": "2",
    "stroke-linejoin": "round",
    "stroke-linecap": "round",
    "aria-hidden": "true",
  }))
    made.setAttribute(key, value);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  made.append(path);
  return made;
}
