/** A widget: what a server describes as a tree of components, as the reader sees and uses it. */

import type { WidgetItem, WidgetNode } from "../protocol/types";

/** The widget `widget`; actions in it are those of `item` where it is given. */
export function WidgetView({ widget }: { widget: WidgetNode; item?: WidgetItem }) {
  const children = Array.isArray(widget.children)
    ? widget.children
    : widget.children
      ? [widget.children]
      : [];
  return (
    <div class="widget">
      {typeof widget.value === "string" && <p dir="auto">{widget.value}</p>}
      {children.map((child, index) => (
        <WidgetView key={index} widget={child} />
      ))}
    </div>
  );
}
