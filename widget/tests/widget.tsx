/** A widget on a page, and what its actions came to. */

import type { WidgetItem, WidgetNode } from "../src/protocol/types";
import { WidgetRoot } from "../src/widgets/Root";
import { environment, pretended, show } from "./rendering";

const item = (widget: WidgetNode): WidgetItem => ({
  id: "w1",
  thread_id: "t",
  created_at: "",
  type: "widget",
  widget,
});

/** Shows `widget`; `calls` are what the conversation was asked, `again` shows another version of it. */
export function shown(widget: WidgetNode, answers: Record<string, () => Promise<unknown>> = {}, change = {}) {
  const { chat, calls, store } = pretended({}, answers);
  const { env, said, opened } = environment(chat, change);
  const root = show(<WidgetRoot widget={widget} item={item(widget)} />, env);
  return {
    root,
    calls,
    store,
    env,
    said,
    opened,
    again: (next: WidgetNode) => show(<WidgetRoot widget={next} item={item(next)} />, env, root),
  };
}
