/**
 * The frame that draws diagrams.
 *
 * Mermaid writes HTML and style sheets into its document, which the policy of a good page forbids. So it runs in a frame
 * without an origin: it gets the source of a diagram and gives back a picture, and can reach nothing else.
 */

/** For one diagram, and for the frame, which is some hundred kilobytes to fetch. */
const DRAWING_MS = 10_000;
const OPENING_MS = 30_000;

interface Studio {
  frame: HTMLIFrameElement;
  ready: Promise<void>;
}

interface Reply {
  pageside: "ready" | "drawn" | "failed";
  id?: number;
  svg?: string;
}

let studio: Studio | null = null;
let last = 0;

/** The SVG of a diagram; rejects where it cannot be drawn in time. */
export async function draw(assets: string, source: string, dark: boolean): Promise<string> {
  const id = ++last;
  studio ??= opened(assets);
  const { frame, ready } = studio;
  try {
    await ready;
  } catch (error) {
    frame.remove();
    studio = null;
    throw error;
  }
  const reply = heard(frame, (each) => each.id === id, DRAWING_MS);
  frame.contentWindow?.postMessage({ pageside: "draw", id, source, dark }, "*");
  const { svg } = await reply;
  if (!svg) throw new Error("The diagram cannot be drawn.");
  return svg;
}

function opened(assets: string): Studio {
  const frame = document.createElement("iframe");
  // It needs room to measure words in, so it is out of sight and not out of the layout.
  Object.assign(frame.style, {
    position: "fixed",
    insetInlineStart: "0",
    top: "0",
    width: "1000px",
    height: "800px",
    border: "0",
    opacity: "0",
    pointerEvents: "none",
    zIndex: "-1",
    transform: "translateY(-200vh)",
  });
  frame.setAttribute("sandbox", "allow-scripts");
  frame.setAttribute("aria-hidden", "true");
  frame.tabIndex = -1;
  frame.inert = true;
  frame.src = `${assets}diagram.html`;
  const ready = heard(frame, (each) => each.pageside === "ready", OPENING_MS).then(() => {});
  document.body.append(frame);
  return { frame, ready };
}

/** The first message of `frame` that `wanted` takes. */
function heard(frame: HTMLIFrameElement, wanted: (reply: Reply) => boolean, ms: number): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const listen = ({ source, data }: MessageEvent) => {
      if (source && source === frame.contentWindow && data?.pageside && wanted(data as Reply))
        end(() => resolve(data));
    };
    const timer = setTimeout(() => end(() => reject(new Error("The diagram took too long."))), ms);
    const end = (settle: () => void) => {
      clearTimeout(timer);
      removeEventListener("message", listen);
      settle();
    };
    addEventListener("message", listen);
  });
}
