/** Blocks of a text as nodes. */

import type { ComponentChildren } from "preact";
import { useEnv } from "../ui/env";
import { Icon } from "../ui/Icon";
import { memo } from "../ui/memo";
import type { Block, ListEntry } from "./blocks";
import { Code } from "./Code";
import { Diagram } from "./Diagram";
import { direction, texts } from "./direction";
import { Formula } from "./Formula";
import { unmarked } from "./marks";
import { Scroller } from "./Scroller";
import { Text } from "./Text";

/** A paragraph of nothing but markers. */
const ONLY_CITES = /^(?:\s*\[[\ue000\ue001]\d+\])+\s*$/;

interface Props {
  block: Block;
  /** The answer goes on behind it. */
  caret: boolean;
}

/** A block with everything in it. */
export const BlockView = memo(({ block, caret }: Props) => {
  switch (block.type) {
    case "paragraph":
      return (
        <p dir="auto" class={ONLY_CITES.test(block.text) ? "marker" : undefined}>
          <Text text={block.text} open={block.open} caret={caret} />
        </p>
      );
    case "heading": {
      // The page and the conversation have the headings above.
      const Heading = `h${Math.min(6, block.level + 2)}` as "h3";
      return (
        <Heading dir="auto">
          <Text text={block.text} open={block.open} caret={caret} />
        </Heading>
      );
    }
    case "code":
      return <Fence language={block.language} text={unmarked(block.text)} open={block.open} caret={caret} />;
    case "math":
      return <Formula text={unmarked(block.text)} display block />;
    case "rule":
      return <hr />;
    case "quote":
      return <blockquote dir={direction(texts([block]))}>{views(block.blocks, caret)}</blockquote>;
    case "list":
      return <List list={block} caret={caret} />;
    case "table":
      return <Table table={block} caret={caret} />;
  }
});

/** `blocks` in order; the answer goes on in the last one. */
export function views(blocks: readonly Block[], caret: boolean): ComponentChildren {
  return blocks.map((block, n) => (
    <BlockView key={n} block={block} caret={caret && n === blocks.length - 1} />
  ));
}

function Fence({
  language,
  text,
  open,
  caret,
}: {
  language: string;
  text: string;
  open: boolean;
  caret: boolean;
}) {
  const name = /^[^\s{:,]*/.exec(language)![0].toLowerCase();
  if (name === "mermaid" && !open) return <Diagram text={text} />;
  if (name === "math" && !open) return <Formula text={text} display block />;
  return <Code language={name} text={text} growing={caret} />;
}

function List({ list, caret }: { list: Block & { type: "list" }; caret: boolean }) {
  const entries = list.entries.map((entry, n) => (
    <Entry key={n} entry={entry} loose={list.loose} caret={caret && n === list.entries.length - 1} />
  ));
  const tasks = list.entries.some((entry) => entry.checked !== undefined) ? "checks" : undefined;
  const dir = direction(texts([list]));
  if (!list.ordered) {
    return (
      <ul class={tasks} dir={dir}>
        {entries}
      </ul>
    );
  }
  return (
    <ol class={tasks} dir={dir} start={list.start === 1 ? undefined : list.start}>
      {entries}
    </ol>
  );
}

const Entry = memo(({ entry, loose, caret }: { entry: ListEntry; loose: boolean; caret: boolean }) => {
  const { words } = useEnv();
  const { blocks, checked } = entry;
  return (
    <li>
      {checked !== undefined && (
        <span
          class={checked ? "check done" : "check"}
          role="img"
          aria-label={checked ? words.taskDone : words.taskOpen}
        >
          {checked && <Icon name="check" />}
        </span>
      )}
      {blocks.map((block, n) => {
        const here = caret && n === blocks.length - 1;
        // The lines of a list without gaps are no paragraphs of their own.
        if (block.type === "paragraph" && !loose)
          return <Text key={n} text={block.text} open={block.open} caret={here} />;
        return <BlockView key={n} block={block} caret={here} />;
      })}
      {caret && !blocks.length && <span class="caret" aria-hidden="true" />}
    </li>
  );
});

/** A table that scrolls in a box of its own, which the keyboard reaches. */
function Table({ table, caret }: { table: Block & { type: "table" }; caret: boolean }) {
  const { words } = useEnv();
  const { head, rows, align, open } = table;
  const last = rows.length - 1;
  return (
    <Scroller class="md-table" label={words.table}>
      <table dir={direction([...head, ...rows.flat()])}>
        <thead>
          <tr>
            {head.map((cell, n) => (
              <th key={n} scope="col" class={align[n] ?? undefined}>
                <bdi>
                  <Text text={cell} />
                </bdi>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, y) => (
            <tr key={y}>
              {row.map((cell, n) => (
                <td key={n} class={align[n] ?? undefined}>
                  {/* Which cell of the last row grows is not known, because the others are empty behind it. */}
                  <bdi>
                    <Text
                      text={cell}
                      open={open && y === last}
                      caret={caret && y === last && !row.slice(n + 1).some(Boolean)}
                    />
                  </bdi>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}
