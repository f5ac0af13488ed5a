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

/** Tells the other tabs and hears from them; where browsers have no such channel, or forbid it, nobody hears anything. */
export function tabs(server: string, hear: (news: News) => void): Tabs {
  let channel: BroadcastChannel;
  try {
    channel = new BroadcastChannel(`pageside:${server}`);
  } catch {
    return { tell() {}, close() {} };
  }
  let open = true;
  channel.onmessage = ({ data }) => hear(data as News);
  // Node keeps a process alive for a channel; a test or a script is to end all the same.
  (channel as { unref?: () => void }).unref?.();
  return {
    tell: (news) => open && channel.postMessage(news),
    close() {
      open = false;
      channel.close();
    },
  };
}
