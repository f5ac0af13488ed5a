/** What the reader is doing that is not in the conversation yet: what is written, what is chosen, what is open. */

import type { ModelOption, ToolOption } from "@openai/chatkit";
import type { Options } from "../element/options";
import type { Attachment, InferenceOptions, InputTag, UserContent } from "../protocol/types";
import type { Chat } from "../thread/state";
import { Store } from "./store";

/** A file in the composer: on its way, there, or refused. */
export interface Pick {
  key: number;
  name: string;
  image: boolean;
  /** 0 to 1. */
  share: number;
  attachment?: Attachment;
  problem?: string;
  preview?: string;
  abort?: AbortController;
}

export type Scope = "book" | "selection";

export interface Draft {
  text: string;
  /** Places named in the text, as `@` and their text. */
  tags: InputTag[];
  quote: string;
  scope: Scope;
  files: Pick[];
  tool: string | null;
  model: string | null;
}

export interface ShellState {
  options: Options;
  history: boolean;
  draft: Draft;
}

export const BLANK: Draft = {
  text: "",
  tags: [],
  quote: "",
  scope: "selection",
  files: [],
  tool: null,
  model: null,
};

export const WHOLE_BOOK = "full-book";
export const SELECTED_TEXT = "selected-text";

/** The store of what the reader is doing, and how it becomes a message. */
export class Shell extends Store<ShellState> {
  #count = 0;
  /** Set by the composer while it is on the screen. */
  focus: () => void = () => {};
  /** Called when another tool is chosen. */
  onTool: (tool: string | null) => void = () => {};
  onHistory: (open: boolean) => void = () => {};
  /** Called with a message that was refused when its thread was not the one that is shown any more. */
  onRefused: (threadId: string | null, draft: Draft) => void = () => {};

  constructor(
    options: Options,
    readonly chat: Chat,
  ) {
    super({ options, history: false, draft: BLANK });
  }

  get draft(): Draft {
    return this.state.draft;
  }

  write(change: Partial<Draft>): void {
    const before = this.draft.tool;
    this.patch({ draft: { ...this.draft, ...change } });
    if (this.draft.tool !== before) this.onTool(this.draft.tool);
  }

  /** Takes `options` over; what they do not offer any more is closed, and not chosen any more. */
  configure(options: Options): void {
    this.patch({ options });
    this.setHistory(this.state.history);
    if (this.draft.tool && !this.tool) this.write({ tool: null });
  }

  setHistory(wanted: boolean): void {
    const open = wanted && this.state.options.history?.enabled !== false;
    if (open === this.state.history) return;
    this.patch({ history: open });
    this.onHistory(open);
  }

  /** The tool that is chosen, of those that are offered. */
  get tool(): ToolOption | undefined {
    return this.state.options.composer?.tools?.find(({ id }) => id === this.draft.tool);
  }

  /** The model that the next message goes to: the chosen one, the default, or the first. */
  get model(): ModelOption | undefined {
    const offered = this.state.options.composer?.models?.filter(({ disabled }) => !disabled) ?? [];
    return (
      offered.find(({ id }) => id === this.draft.model) ?? offered.find((one) => one.default) ?? offered[0]
    );
  }

  /** Whether there is anything to send, and everything of it has arrived. */
  get sendable(): boolean {
    const { text, files } = this.draft;
    const there = text.trim() !== "" || files.some((file) => file.attachment);
    return there && files.every((file) => file.attachment || file.problem) && this.#fits(text);
  }

  #fits(text: string): boolean {
    const most = this.state.options.pageside?.maxChars;
    return !most || text.length <= most;
  }

  /** Sends what is written. A refusal puts everything back, unless the reader has begun something else. */
  async send(): Promise<void> {
    if (!this.sendable) return;
    const sent = this.draft;
    const { threadId } = this.chat.state;
    const { tool } = this;
    const options = this.#options();
    this.write({
      ...BLANK,
      model: sent.model,
      scope: sent.scope,
      tool: tool?.persistent ? tool.id : null,
    });
    try {
      await this.chat.send({
        content: content(sent.text.trim(), sent.tags),
        attachments: sent.files.flatMap((file) => (file.attachment ? [file.attachment] : [])),
        quote: sent.quote || undefined,
        options,
      });
    } catch {
      // The conversation says what went wrong.
      if (this.chat.state.threadId !== threadId) this.onRefused(threadId, sent);
      else if (this.draft.text === "" && !this.draft.files.length) this.write(sent);
      return;
    }
    for (const file of sent.files) if (file.preview) URL.revokeObjectURL(file.preview);
  }

  /** The tool and the model that are chosen; where text is selected, what of the book is asked. */
  #options(): InferenceOptions {
    const { quote, scope } = this.draft;
    const scoped = this.state.options.pageside?.modes && quote;
    const tool = this.tool?.id ?? (scoped ? (scope === "book" ? WHOLE_BOOK : SELECTED_TEXT) : null);
    return { tool_choice: tool ? { id: tool } : undefined, model: this.model?.id };
  }

  /** A starter prompt, sent as it is, to the model that is chosen. */
  async prompt(prompt: string | readonly unknown[]): Promise<void> {
    const content = complete(typeof prompt === "string" ? [{ type: "input_text", text: prompt }] : prompt);
    await this.chat.send({ content, attachments: [], options: { model: this.model?.id } }).catch(() => {}); // the conversation shows what went wrong, and keeps the message
  }

  /** Uploads `files` beside what is written; each that cannot be taken says why. */
  attach(files: Iterable<File>, refused: (file: File, count: number) => string | null): void {
    for (const file of files) {
      const key = ++this.#count;
      const problem = refused(file, this.draft.files.filter((pick) => !pick.problem).length) ?? undefined;
      const image = /^image\/(png|jpe?g|webp|gif)$/.test(file.type);
      const abort = new AbortController();
      const preview = image && !problem ? URL.createObjectURL(file) : undefined;
      const pick: Pick = { key, name: file.name, image, share: 0, problem, abort, preview };
      this.write({ files: [...this.draft.files, pick] });
      if (!problem) this.#upload(key, file, abort.signal);
    }
  }

  async #upload(key: number, file: File, signal: AbortSignal): Promise<void> {
    const change = (change: Partial<Pick>) =>
      this.write({
        files: this.draft.files.map((pick) => (pick.key === key ? { ...pick, ...change } : pick)),
      });
    try {
      const attachment = await this.chat.upload(file, (share) => change({ share }), signal);
      change({ attachment, share: 1 });
    } catch (error) {
      if (!signal.aborted) change({ problem: error instanceof Error ? error.message : String(error) });
    }
  }

  /** Takes a file away again. */
  detach(key: number): void {
    const pick = this.draft.files.find((file) => file.key === key);
    if (!pick) return;
    pick.abort?.abort();
    if (pick.preview) URL.revokeObjectURL(pick.preview);
    if (pick.attachment) this.chat.discard(pick.attachment.id).catch(() => {}); // what was not sent goes by itself
    this.write({ files: this.draft.files.filter((file) => file.key !== key) });
  }
}

/** A text in which `@` and the text of a tag stand for that tag, as the parts of a message. */
export function content(text: string, tags: readonly InputTag[]): UserContent[] {
  const parts: UserContent[] = [];
  let rest = text;
  while (rest) {
    let first: InputTag | undefined;
    let at = rest.length;
    for (const tag of tags) {
      const found = rest.indexOf(`@${tag.text}`);
      if (found >= 0 && (found < at || (found === at && tag.text.length > (first?.text.length ?? 0)))) {
        first = tag;
        at = found;
      }
    }
    if (at > 0) parts.push({ type: "input_text", text: rest.slice(0, at) });
    if (!first) break;
    parts.push(first);
    rest = rest.slice(at + first.text.length + 1);
  }
  return parts;
}

/** The parts of a message as a text with its tags. */
export function written(parts: readonly UserContent[]): { text: string; tags: InputTag[] } {
  const tags = parts.filter((part) => part.type === "input_tag");
  return {
    text: parts.map((part) => (part.type === "input_tag" ? `@${part.text}` : part.text)).join(""),
    tags,
  };
}

/** `parts` with the `data` that servers require of tags and the types leave open. */
export function complete(parts: readonly unknown[]): UserContent[] {
  return (parts as UserContent[]).map((part) =>
    part.type === "input_tag" ? { ...part, data: part.data ?? {} } : part,
  );
}
