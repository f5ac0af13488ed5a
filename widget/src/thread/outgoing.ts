/** Items as they go to the server, and what is expected to follow them. */

import type { ThreadItem, UserMessageInput } from "../protocol/types";
import type { Outgoing } from "./state";

/** Whether something is to follow the item. */
export function isOpen(item: ThreadItem | undefined): boolean {
  return item?.type === "user_message" || item?.type === "workflow";
}

/** What the reader has written, as an operation takes it. */
export function inputOf({ content, attachments, quote, options }: Outgoing): UserMessageInput {
  return {
    content,
    attachments: attachments.map((each) => each.id),
    quoted_text: quote || undefined,
    inference_options: options,
  };
}
