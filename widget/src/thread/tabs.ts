/** What the tabs of one browser tell each other about the conversations of one server. */

export type News =
  | { type: "answering"; threadId: string; runId: string }
  | { type: "changed"; threadId: string }
  | { type: "renamed"; threadId: string; title: string }
  | { type: "deleted"; threadId: string }
  /** Somebody opens a thread and wants to know whether it is being answered. */
  | { type: "opened"; threadId: string }
  | { type: "signed out" };

export interface Tabs {
  tell(news: News): void;
  close(): void;
}

/** Tells the other tabs and hears from them; where browsers have no such channel, nobody hears anything. */
export function tabs(server: string, hear: (news: News) => void): Tabs {
  if (typeof BroadcastChannel === "undefined") return { tell() {}, close() {} };
  const channel = new BroadcastChannel(`pageside:${server}`);
  channel.onmessage = ({ data }) => hear(data as News);
  // Node keeps a process alive for a channel; a test or a script is to end all the same.
  (channel as { unref?: () => void }).unref?.();
  return { tell: (news) => channel.postMessage(news), close: () => channel.close() };
}
