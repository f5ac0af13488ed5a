/** The items of a thread, read from the newest back. */

import type { Client } from "../protocol/client";
import type { ThreadItem } from "../protocol/types";

const PAGE = 30;
const MOST_PAGES = 20;

/** How far a thread has been read. */
export class Pages {
  #older: string | undefined;

  constructor(
    private readonly client: Client,
    private readonly signal: AbortSignal,
  ) {}

  get hasOlder(): boolean {
    return this.#older !== undefined;
  }

  /** The next page of older items, oldest first; `least` of them where there are so many. */
  async read(threadId: string, least = 1): Promise<ThreadItem[]> {
    const found: ThreadItem[] = [];
    // A page may be empty though more follow, where a server hides items.
    for (let page = 0; page < MOST_PAGES && found.length < least; page++) {
      const asked = { thread_id: threadId, limit: PAGE, order: "desc" as const, after: this.#older };
      const { data, has_more, after } = await this.client.call("items.list", asked, this.signal);
      found.push(...data);
      this.#older = has_more ? after : undefined;
      if (!this.hasOlder) break;
    }
    return found.reverse();
  }
}
