/** Markdown of answers as nodes; no HTML is ever written or read. */

import { useMemo, useRef } from "preact/hooks";
import type { Annotation, Source } from "../protocol/types";
import { BlockView } from "./BlockView";
import { type Block, type Passage, passages, type References } from "./blocks";
import { numbered } from "./marks";
import { WholeContext } from "./Text";

export { Sources } from "./Sources";
export { numbered };

export interface MarkdownProps {
  text: string;
  annotations?: readonly Annotation[];
  /** The item the text belongs to: finds the record of the answer. */
  itemId?: string;
  /** More text will come. */
  streaming?: boolean;
}

/** The text of an answer, as nodes; while it grows, only its last block is read and rendered again. */
export function Markdown({ text, annotations, itemId, streaming = false }: MarkdownProps) {
  const marked = useMemo(() => numbered(text, annotations), [text, annotations]);
  const before = useRef<Reading>();
  const reading = read(marked.text, streaming, before.current);
  before.current = reading;
  const sources = useKept(new Map(marked.sources.map(({ number, source }) => [number, source])));
  const { references } = reading;
  const { size } = references;
  const whole = useMemo(() => ({ references, size, sources, itemId }), [references, size, sources, itemId]);
  const last = reading.passages.length - 1;
  return (
    <WholeContext.Provider value={whole}>
      <div class="md">
        {reading.passages.map((passage, n) => (
          <BlockView key={n} block={passage.block} caret={streaming && n === last} />
        ))}
        {streaming && last < 0 && (
          <p>
            <span class="caret" aria-hidden="true" />
          </p>
        )}
      </div>
    </WholeContext.Provider>
  );
}

export interface Reading {
  text: string;
  open: boolean;
  passages: Passage[];
  references: References;
}

/** The blocks of `text`; those that are settled since `before` are the same objects. */
export function read(text: string, open: boolean, before?: Reading): Reading {
  if (before && before.text === text && before.open === open) return before;
  // Only the last block can change by what is appended; the end is read as a whole, whatever came before it.
  const last = before?.open && open ? before.passages.at(-1) : undefined;
  const grows = last && text.startsWith(before!.text.slice(0, last.start)) ? last.start : 0;
  // Most texts have no references, and lines need not be read again for another empty map.
  const references: References = grows || before?.references.size === 0 ? before!.references : new Map();
  const tail = passages(grows ? text.slice(grows) : text, references, open);
  const made = tail.map((passage) => ({ ...passage, start: passage.start + grows }));
  const all = grows ? [...before!.passages.slice(0, -1), ...made] : made;
  return {
    text,
    open,
    references,
    passages: all.map((passage, n) => {
      const old = before?.passages[n];
      if (!old) return passage;
      const same = old.raw === passage.raw && old.tail === passage.tail;
      return { ...passage, block: same ? old.block : kept(passage.block, old.block) };
    }),
  };
}

/** A list that has grown, with the entries it had before, so that a long one costs no more than its last entry. */
function kept(block: Block, old: Block): Block {
  if (block.type !== "list" || old.type !== "list") return block;
  const settled = Math.min(block.entries.length, old.entries.length) - 1;
  const entries = block.entries.map((entry, n) => {
    const before = old.entries[n];
    return n < settled && before!.raw === entry.raw && before!.checked === entry.checked ? before! : entry;
  });
  return { ...block, entries };
}

/** `sources`, as the same map for as long as it says the same. */
function useKept(sources: Map<number, Source>): Map<number, Source> {
  const kept = useRef(sources);
  const same =
    kept.current.size === sources.size &&
    [...sources].every(([number, source]) => kept.current.get(number) === source);
  if (!same) kept.current = sources;
  return kept.current;
}
