/** What is written and not sent, kept for each conversation. */

import type { Conversation } from "../thread/conversation";
import { draft, keepDraft } from "../thread/keeping";
import { BLANK, type Draft, type Shell } from "../ui/shell";

/** Keeps what is written in `shell` under the thread that is open, and brings it back; returns what ends that. */
export function keepDrafts(
  shell: Shell,
  chat: Pick<Conversation, "state" | "subscribe" | "place">,
): () => void {
  const { place } = chat;
  let thread = chat.state.threadId;
  const kept = draft(thread, place);
  if (kept) shell.write({ ...kept });
  const endThread = chat.subscribe(() => {
    const now = chat.state.threadId;
    if (now === thread) return;
    const named = thread === null && chat.state.phase !== "ready" && chat.state.phase !== "loading";
    thread = now;
    if (named) return; // the new thread is the one that is being written in
    const { model, scope } = shell.draft;
    for (const file of shell.draft.files) shell.detach(file.key);
    shell.write({ ...BLANK, model, scope, ...draft(thread, place) }); // at once: what is written is kept
  });
  const keep = (of: string | null, { text, tags, quote, tool, model }: Draft) =>
    keepDraft(of, text || quote ? { text, tags, quote, tool, model } : null, place);
  shell.onRefused = keep;
  const endShell = shell.subscribe(() => keep(thread, shell.draft));
  return () => {
    endThread();
    endShell();
  };
}

/** Takes everything out of the composer, and the list of earlier conversations off the screen. */
export function empty(shell: Shell): void {
  for (const file of shell.draft.files) shell.detach(file.key);
  shell.write(BLANK);
  shell.setHistory(false);
}
