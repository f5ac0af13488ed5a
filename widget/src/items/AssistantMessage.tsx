/** An answer: its words with their sources, and what can be done with it. */

import type { AssistantMessageItem } from "../protocol/types";
import { Markdown, Sources } from "../text/Markdown";
import { CopyButton } from "../ui/CopyButton";
import { useEnv } from "../ui/env";
import { IconButton } from "../ui/IconButton";
import { copied } from "./copying";
import type { AnswerActions } from "./Item";
import { useSlice } from "./slice";

interface Props {
  item: AssistantMessageItem;
  last: boolean;
  actions: AnswerActions;
}

/** A message of the assistant; while it grows it has no sources and no actions yet. */
export function AssistantMessage({ item, last, actions }: Props) {
  const { words } = useEnv();
  const growing = useSlice((state) => state.growing.has(item.id));
  const record = useSlice((state) => state.records.get(item.id));
  const annotations = item.content.flatMap((part) => part.annotations);
  const said = item.content.some((part) => part.text.trim());
  return (
    <article class="item assistant" aria-label={words.assistant} aria-busy={growing}>
      {item.content.map((part, index) => (
        <Markdown
          key={index}
          text={part.text}
          annotations={part.annotations}
          itemId={item.id}
          streaming={growing && index === item.content.length - 1}
        />
      ))}
      {!growing && annotations.length > 0 && (
        <Sources
          annotations={annotations}
          record={record}
          text={item.content.length === 1 ? item.content[0]!.text : undefined}
        />
      )}
      {!growing && said && <Actions item={item} last={last} {...actions} />}
    </article>
  );
}

function Actions({
  item,
  last,
  feedback,
  retry,
}: { item: AssistantMessageItem; last: boolean } & AnswerActions) {
  const { words, chat } = useEnv();
  const thought = useSlice((state) => state.feedback.get(item.id));
  const idle = useSlice((state) => state.phase === "ready");
  const rate = (kind: "positive" | "negative") => {
    if (thought !== kind) chat.rate([item.id], kind).catch(() => {}); // the conversation says what went wrong
  };
  return (
    <div class={last ? "actions last" : "actions"}>
      <CopyButton text={() => copied(item.content, words.sources)} label={words.copyAnswer} />
      {feedback && (
        <>
          <IconButton
            icon="thumbs-up"
            label={words.good}
            aria-pressed={thought === "positive"}
            onClick={() => rate("positive")}
          />
          <IconButton
            icon="thumbs-down"
            label={words.bad}
            aria-pressed={thought === "negative"}
            onClick={() => rate("negative")}
          />
        </>
      )}
      {retry && last && (
        <IconButton
          icon="rotate-ccw"
          label={words.answerAgain}
          disabled={!idle}
          onClick={() => chat.retry(item.id).catch(() => {})}
        />
      )}
    </div>
  );
}
