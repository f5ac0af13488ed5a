/** What the reader said: the words, the selection they are about, and the files beside them. */

import type { Entity } from "@openai/chatkit";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Attachment, InputTag, UserContent } from "../protocol/types";
import { useEnv } from "../ui/env";
import { Icon } from "../ui/Icon";
import { Picture } from "./Picture";

interface Props {
  content: readonly UserContent[];
  attachments: readonly Attachment[];
  quote?: string;
}

/** A message of the reader, stored or on its way. */
export function UserMessage({ content, attachments, quote }: Props) {
  const { words } = useEnv();
  const says = content.some((part) => part.text.trim());
  return (
    <article class="item user" aria-label={words.you}>
      {quote && <Quote text={quote} />}
      {attachments.length > 0 && (
        <ul class="files" aria-label={words.attachments}>
          {attachments.map((file) => (
            <li key={file.id}>
              <AttachedFile file={file} />
            </li>
          ))}
        </ul>
      )}
      {says && (
        <div class="bubble" dir="auto">
          {content.map((part, index) =>
            part.type === "input_tag" ? <Tag key={index} tag={part} /> : <span key={index}>{part.text}</span>,
          )}
        </div>
      )}
    </article>
  );
}

function Tag({ tag }: { tag: InputTag }) {
  const { entityClick } = useEnv();
  const entity: Entity = {
    id: tag.id,
    title: tag.text,
    interactive: tag.interactive,
    group: tag.group,
    data: tag.data as Record<string, string>,
  };
  return tag.interactive && entityClick ? (
    <button type="button" class="tag" onClick={() => entityClick(entity)}>
      @{tag.text}
    </button>
  ) : (
    <span class="tag">@{tag.text}</span>
  );
}

function Quote({ text }: { text: string }) {
  const { words } = useEnv();
  const box = useRef<HTMLQuoteElement>(null);
  const [long, setLong] = useState(false);
  const [open, setOpen] = useState(false);
  useLayoutEffect(() => {
    const shown = box.current;
    if (shown && !open) setLong(shown.scrollHeight > shown.clientHeight + 1);
  }, [text, open]);
  return (
    <div class="quoted">
      <Icon name="quote" size={14} label={words.quoted} />
      <blockquote ref={box} class={open ? "" : "clamped"} dir="auto">
        {text}
      </blockquote>
      {(long || open) && (
        <button type="button" class="quiet-button" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? words.showLess : words.showMore}
        </button>
      )}
    </div>
  );
}

function AttachedFile({ file }: { file: Attachment }) {
  if (file.type === "image") return <Picture url={file.preview_url} alt={file.name} class="preview" />;
  return (
    <span class="chip file">
      <Icon name="file-text" />
      <span class="name" dir="auto">
        {file.name}
      </span>
      <span class="kind">{kind(file)}</span>
    </span>
  );
}

/** What a file is, in a word: the end of its name, else what its media type says. */
function kind(file: Attachment): string {
  const end = /\.([A-Za-z0-9]{1,5})$/.exec(file.name)?.[1];
  return (end ?? file.mime_type.split("/").pop() ?? "").toUpperCase();
}
