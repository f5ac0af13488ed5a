/** What every open thread of a conversation shares. */

import type { Client } from "../protocol/client";
import type { Keeping } from "./keeping";
import type { OpenThread } from "./open-thread";
import type { ProblemWords } from "./problems";
import type { ChatEvents } from "./state";
import type { Tabs } from "./tabs";

export type ClientTool = (call: { name: string; params: Record<string, unknown> }) => unknown;

export interface House {
  client: Client;
  keeping: Keeping;
  tabs: Tabs;
  words(): ProblemWords;
  events: Partial<ChatEvents>;
  onClientTool?: ClientTool;
  /** Called after every change of `thread.state`; `soon` where many more will follow. */
  changed(thread: OpenThread, soon: boolean): void;
}
