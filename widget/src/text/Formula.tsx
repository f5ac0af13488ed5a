/** Formulas, as MathML, which browsers draw and screen readers read without fonts or style sheets of ours. */

import { type ComponentChildren, h } from "preact";
import { useMemo } from "preact/hooks";
import type { MathNode } from "../lazy/math";
import { useEnv } from "../ui/env";
import { memo } from "../ui/memo";
import { useModule } from "./loaded";
import { Scroller } from "./Scroller";

interface Props {
  text: string;
  display: boolean;
  /** Stands by itself, not in a line. */
  block?: boolean;
}

/** The formula `text`; its source until it can be drawn, and where it cannot. */
export const Formula = memo(({ text, display, block }: Props) => {
  const { words } = useEnv();
  const math = useModule<typeof import("../lazy/math")>("math");
  const tree = useMemo(() => math?.formula(text, display), [math, text, display]);
  const shown = tree ? drawn(tree) : <code class="code-inline">{text}</code>;
  if (!block)
    return (
      <span class={display ? "math block" : "math"} dir="ltr">
        {shown}
      </span>
    );
  return (
    <Scroller class="math block" dir="ltr" label={words.formula}>
      {shown}
    </Scroller>
  );
});

function drawn(node: MathNode): ComponentChildren {
  return typeof node === "string" ? node : h(node[0], node[1], node[2].map(drawn));
}
