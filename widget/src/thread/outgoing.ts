/** Items as they go to the server, and whether what follows them is there. */

import { newKey } from "../protocol/client";
import type { UserMessageInput } from "../protocol/types";
import type { ChatState, Outgoing } from "./state";

/**
 * Whether the last answer of a thread that was read is there to its end.
 *
 * At the end of an answer the server records how it came to it, where it keeps records.
 */
export function isWhole({ items, records }: ChatState, keepsRecords: boolean): boolean {
  const last = items.at(-1);
  if (last?.type === "assistant_message") return !keepsRecords || records.has(last.id);
  return last?.type !== "user_message" && last?.type !== "workflow";
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

/** Names requests: one that may or may not have arrived has the same key when it is sent again. */
export class Keys {
  #doubtful: { told: string; key: string } | null = null;

  of(op: string, params: unknown): string {
    const told = JSON.stringify([op, params]);
    if (this.#doubtful?.told !== told) this.#doubtful = { told, key: newKey() };
    return this.#doubtful.key;
  }

  arrived(): void {
    this.#doubtful = null;
  }
}
