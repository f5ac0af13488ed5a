/** Blocks of code: a label, a button that copies, colours once the highlighter is there. */

import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { Piece } from "../lazy/code";
import { CopyButton } from "../ui/CopyButton";
import { useEnv } from "../ui/env";
import { memo } from "../ui/memo";
import { useModule } from "./loaded";
import { Scroller } from "./Scroller";

interface Props {
  language: string;
  text: string;
  growing: boolean;
}

/** How long code may grow before its colours are computed again. */
const PAUSE_MS = 150;

/** A block of code in `language`. */
export const Code = memo(({ language, text, growing }: Props) => {
  const { words } = useEnv();
  const pieces = useHighlighted(language, text, growing);
  return (
    <figure class="code" aria-label={language ? `${words.code}: ${language}` : words.code}>
      <figcaption dir="ltr">
        <span aria-hidden="true">{language || words.code}</span>
        <CopyButton text={() => text} label={words.copy} />
      </figcaption>
      <Scroller
        as="pre"
        class="code-box"
        dir="ltr"
        label={language ? `${words.code}: ${language}` : words.code}
      >
        <code>
          {pieces.map(node)}
          {growing && <span class="caret" aria-hidden="true" />}
        </code>
      </Scroller>
    </figure>
  );
});

function node(piece: Piece): ComponentChildren {
  return typeof piece === "string" ? piece : <span class={piece[0]}>{piece[1].map(node)}</span>;
}

/** `text` in coloured pieces; code that grows is coloured up to a while ago, and plain behind that. */
function useHighlighted(language: string, text: string, growing: boolean): Piece[] {
  const highlighter = useModule<typeof import("../lazy/code")>(language ? "code" : null);
  const file = highlighter?.file(language) ?? null;
  const definition = useModule<{ default: unknown }>(file);
  const [behind, setBehind] = useState("");
  const source = growing ? behind : text;
  const late = growing && behind !== text;
  useEffect(() => {
    if (!late) return;
    const timer = setTimeout(() => setBehind(text.slice(0, text.lastIndexOf("\n") + 1)), PAUSE_MS);
    return () => clearTimeout(timer);
    // Only the first change after the last colouring starts the clock: code that never pauses is coloured as well.
  }, [late, behind]);
  const pieces = useMemo(
    () => (source && highlighter?.highlight(source, language, definition?.default)) || null,
    [highlighter, definition, source, language],
  );
  if (!pieces || !text.startsWith(source)) return [text];
  return [...pieces, text.slice(source.length)];
}
