/** Draws diagrams inside of the frame `diagram.html`, which has no origin and may fetch nothing; see text/drawing.ts. */

import mermaid, { type MermaidConfig } from "mermaid";

interface Order {
  pageside: "draw";
  id: number;
  source: string;
  dark: boolean;
}

const FONT = "ui-sans-serif, system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif";

/** Colours that fit a page of either kind, whatever its accent is. */
const LIGHT = {
  background: "#ffffff",
  primaryColor: "#eef0ff",
  primaryTextColor: "#1d1d21",
  primaryBorderColor: "#8f93c9",
  secondaryColor: "#f3f4f6",
  tertiaryColor: "#fafafa",
  lineColor: "#5d5d68",
  textColor: "#1d1d21",
  noteBkgColor: "#fff6d6",
  noteTextColor: "#1d1d21",
  noteBorderColor: "#d9b95c",
  edgeLabelBackground: "#ffffff",
};
const DARK = {
  darkMode: true,
  background: "#1b1b1f",
  primaryColor: "#2d2f45",
  primaryTextColor: "#ececf1",
  primaryBorderColor: "#7d82c4",
  secondaryColor: "#2a2a30",
  tertiaryColor: "#222226",
  lineColor: "#a5a5b2",
  textColor: "#ececf1",
  noteBkgColor: "#3b3520",
  noteTextColor: "#ececf1",
  noteBorderColor: "#8a7636",
  edgeLabelBackground: "#1b1b1f",
};

function config(dark: boolean): MermaidConfig {
  return {
    startOnLoad: false,
    securityLevel: "strict",
    suppressErrorRendering: true,
    htmlLabels: false,
    flowchart: { htmlLabels: false },
    class: { htmlLabels: false },
    theme: "base",
    themeVariables: { ...(dark ? DARK : LIGHT), fontFamily: FONT, fontSize: "15px" },
    fontFamily: FONT,
    maxTextSize: 20_000,
    maxEdges: 300,
    secure: ["secure", "securityLevel", "startOnLoad", "maxTextSize", "maxEdges", "htmlLabels", "fontFamily"],
  };
}

/** One after the other: Mermaid's settings are of the whole document. */
let before: Promise<void> = Promise.resolve();

addEventListener("message", ({ data, source }: MessageEvent<Order>) => {
  if (source !== parent || data?.pageside !== "draw") return;
  before = before.then(() => draw(data));
});

async function draw({ id, source, dark }: Order): Promise<void> {
  try {
    mermaid.initialize(config(dark));
    const { svg } = await mermaid.render(`diagram-${id}`, source);
    parent.postMessage({ pageside: "drawn", id, svg: standalone(svg) }, "*");
  } catch {
    parent.postMessage({ pageside: "failed", id }, "*");
  } finally {
    document.body.replaceChildren();
  }
}

/** `svg` as a document of its own: in XML, and with a size, because a picture has no page to take its width from. */
function standalone(svg: string): string {
  const holder = document.createElement("div");
  holder.innerHTML = svg;
  const root = holder.querySelector("svg")!;
  const [, , width, height] = (root.getAttribute("viewBox") ?? "").split(/[\s,]+/);
  if (width && height) {
    root.setAttribute("width", width);
    root.setAttribute("height", height);
    root.style.removeProperty("max-width");
  }
  return new XMLSerializer().serializeToString(root);
}

parent.postMessage({ pageside: "ready" }, "*");
