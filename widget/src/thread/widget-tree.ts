/** Changes to a widget that is shown: one of its components, or the text of one that is being written. */

import type { WidgetNode } from "../protocol/types";

/** `root` with the component of this id put through `change`, wherever it is; `root` itself where none has the id. */
export function changed(root: WidgetNode, id: string, change: (node: WidgetNode) => WidgetNode): WidgetNode {
  return walked(root, id, change) as WidgetNode;
}

/** `node` with `delta` at the end of its text. */
export function written(node: WidgetNode, delta: string): WidgetNode {
  return { ...node, value: (typeof node.value === "string" ? node.value : "") + delta };
}

// Components stand in `children` mostly, but also in other properties; whatever did not change stays the same object,
// so that only what changed is drawn anew.
function walked(value: unknown, id: string, change: (node: WidgetNode) => WidgetNode): unknown {
  if (Array.isArray(value)) {
    let next: unknown[] | null = null;
    value.forEach((each, index) => {
      const after = walked(each, id, change);
      if (after === each) return;
      next ??= [...value];
      next[index] = after;
    });
    return next ?? value;
  }
  if (typeof value !== "object" || value === null) return value;
  const node = value as WidgetNode;
  if (node.id === id && typeof node.type === "string") return change(node);
  let next: WidgetNode | null = null;
  for (const [name, each] of Object.entries(node)) {
    if (name === "payload" || name === "data") continue;
    const after = walked(each, id, change);
    if (after !== each) {
      next ??= { ...node };
      next[name] = after;
    }
  }
  return next ?? node;
}
