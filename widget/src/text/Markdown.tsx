/** Markdown of answers as nodes. */

import type { Annotation } from "../protocol/types";

export { Sources } from "./Sources";

export interface MarkdownProps {
  text: string;
  annotations?: readonly Annotation[];
  /** The item the text belongs to: finds the record of the answer. */
  itemId?: string;
  /** More text will come. */
  streaming?: boolean;
  /** The text is shown as it is written, without Markdown. */
  plain?: boolean;
}

/** The text of an answer, as nodes. */
export function Markdown({ text }: MarkdownProps) {
  return (
    <div class="md">
      <p dir="auto" class="plain">
        {text}
      </p>
    </div>
  );
}
