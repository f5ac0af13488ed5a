/** Diagrams of Mermaid, drawn in a frame apart and shown as pictures. */

import { useEffect, useState } from "preact/hooks";
import { useEnv } from "../ui/env";
import { memo } from "../ui/memo";
import { Code } from "./Code";
import { draw } from "./drawing";
import { Scroller } from "./Scroller";

/** The diagram that `text` describes; its source until it is drawn, and where it cannot be. */
export const Diagram = memo(({ text }: { text: string }) => {
  const { assets, dark, words } = useEnv();
  const [drawn, setDrawn] = useState<{ url: string; text: string } | null>(null);
  const [failed, setFailed] = useState("");
  useEffect(() => {
    let url = "";
    let here = true;
    draw(assets, text, dark).then(
      (svg) => {
        if (!here) return;
        url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
        setDrawn({ url, text });
        setFailed("");
      },
      () => here && setFailed(text),
    );
    return () => {
      here = false;
      if (url) URL.revokeObjectURL(url);
    };
  }, [assets, text, dark]);
  if (failed === text) {
    return (
      <>
        <p class="failed">{words.diagramFailed}</p>
        <Code language="mermaid" text={text} growing={false} />
      </>
    );
  }
  if (drawn?.text !== text) return <Code language="mermaid" text={text} growing={false} />;
  return (
    <figure class="diagram">
      <Scroller class="diagram-box" dir="ltr" label={words.diagram}>
        <img src={drawn.url} alt={words.diagram} />
      </Scroller>
      <details>
        <summary>{words.diagramSource}</summary>
        <Code language="mermaid" text={text} growing={false} />
      </details>
    </figure>
  );
});
