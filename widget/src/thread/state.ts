/** What is shown of a conversation, as one value that is replaced whenever something changes. */

import type {
  Action,
  AnswerRecord,
  Attachment,
  FormReply,
  InferenceOptions,
  NoticeLevel,
  Page,
  Thread,
  ThreadHead,
  ThreadItem,
  UserContent,
} from "../protocol/types";

/**
 * - `ready`: the reader may write.
 * - `loading`: a thread is being fetched.
 * - `sending`: a request is on its way and nothing has come back.
 * - `answering`: events arrive.
 * - `stopping`: the reader asked to stop, and the server has not confirmed it.
 * - `reconnecting`: the connection was lost while answering, and is being taken up again.
 */
export type Phase = "ready" | "loading" | "sending" | "answering" | "stopping" | "reconnecting";

export interface Notice {
  level: NoticeLevel;
  message: string;
  title?: string;
}

/** What went wrong last, in words for the reader. */
export interface Problem {
  message: string;
  /** What "Try again" would do; null where trying again is no use. */
  retry: "send" | "answer" | "load" | "reply" | null;
  /** The `code` of a problem document, or a code of our own: `offline`, `network`, `stream`, `unauthorized`. */
  code?: string;
  /** Seconds that the server asks to wait. */
  wait?: number;
  /** The `request_id`, so that a reader can tell it to whoever runs the server. */
  request?: string;
}

/** What the reader sends. */
export interface Outgoing {
  content: UserContent[];
  attachments: Attachment[];
  quote?: string;
  options: InferenceOptions;
}

/** A message that is not stored yet; it is shown at once, and again in the composer where it is refused. */
export interface PendingMessage extends Outgoing {
  key: string;
}

export interface ChatState {
  threadId: string | null;
  thread: ThreadHead | null;
  /** Oldest first; those that are still being made are among them. */
  items: readonly ThreadItem[];
  /** Ids of items that are still being made. */
  growing: ReadonlySet<string>;
  hasOlder: boolean;
  pending: PendingMessage | null;
  phase: Phase;
  canStop: boolean;
  progress: { text: string; icon?: string } | null;
  notices: readonly Notice[];
  problem: Problem | null;
  online: boolean;
  /** What a Pageside server knows of its answers, by item id; empty with other servers. */
  records: ReadonlyMap<string, AnswerRecord>;
  /** What the reader thinks of answers, by item id, as far as it was said in this page. */
  feedback: ReadonlyMap<string, "positive" | "negative">;
}

export const EMPTY: ChatState = {
  threadId: null,
  thread: null,
  items: [],
  growing: new Set(),
  hasOlder: false,
  pending: null,
  phase: "ready",
  canStop: true,
  progress: null,
  notices: [],
  problem: null,
  online: true,
  records: new Map(),
  feedback: new Map(),
};

/** A thread in the list of earlier ones; `extract` where it was found by its words. */
export interface ThreadRow {
  id: string;
  title?: string;
  created_at: string;
  updated_at?: string;
  extract?: { text: string; match: boolean }[];
}

/** What the conversation tells whoever mounted it; each becomes a `chatkit.*` event of the element. */
export interface ChatEvents {
  error(error: Error): void;
  effect(name: string, data?: Record<string, unknown>): void;
  log(name: string, data?: Record<string, unknown>): void;
  responseStart(): void;
  responseEnd(): void;
  threadChange(threadId: string | null): void;
  threadLoadStart(threadId: string): void;
  threadLoadEnd(threadId: string): void;
  /** The reader has signed out, here or in another tab. */
  signedOut(): void;
}

/**
 * A conversation as the screen uses it. `Conversation` in `conversation.ts` is the one that speaks with a server.
 *
 * Errors that are not told in `state.problem` have words for the reader.
 */
export interface Chat {
  readonly state: ChatState;
  /** Calls `listener` after every change of `state`; returns what ends that. */
  subscribe(listener: () => void): () => void;
  /** Shows a thread, or a new one for null. */
  open(threadId: string | null): Promise<void>;
  loadOlder(): Promise<void>;
  /** Resolves when the answer has ended; rejects where the message was refused, and nothing of it is lost then. */
  send(message: Outgoing): Promise<void>;
  /** Ends the answer; what was said stays. */
  stop(): Promise<void>;
  /** Does again what `state.problem` speaks of; with an item, answers the message before that item anew. */
  retry(itemId?: string): Promise<void>;
  dismissProblem(): void;
  dismissNotice(notice: Notice): void;
  /** Resolves to false where it was not carried out. */
  act(action: Action, itemId?: string, streaming?: boolean): Promise<boolean>;
  reply(itemId: string, reply: FormReply): Promise<void>;
  rate(itemIds: string[], kind: "positive" | "negative"): Promise<void>;
  /** Reads the open thread anew. */
  refresh(): Promise<void>;
  threads(after?: string, query?: string): Promise<Page<ThreadRow>>;
  rename(threadId: string, title: string): Promise<void>;
  remove(threadId: string): Promise<void>;
  upload(file: File, onProgress?: (share: number) => void, signal?: AbortSignal): Promise<Attachment>;
  discard(attachmentId: string): Promise<void>;
  transcribe(recording: Blob): Promise<string>;
  close(): void;
}

export type { Thread };
