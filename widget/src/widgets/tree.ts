/** A widget as it can be shown: every component is one, has its children in a list, and there are not too many. */

import { isRecord } from "../protocol/errors";
import type { WidgetNode } from "../protocol/types";

export const MOST_NODES = 2000;
export const DEEPEST = 40;

export interface Component {
  type: string;
  /** Stays the same from one version of the widget to the next, so that fields keep what is written in them. */
  key: string;
  id?: string;
  children: Component[];
  [property: string]: unknown;
}

/** `root` as components, as far as they fit the bounds. */
export function components(root: WidgetNode): Component {
  let left = MOST_NODES;
  const read = (node: unknown, key: string, depth: number): Component[] => {
    if (!isRecord(node) || typeof node.type !== "string" || left <= 0) return [];
    left -= 1;
    const inside = depth < DEEPEST ? (Array.isArray(node.children) ? node.children : [node.children]) : [];
    const taken = new Set<string>();
    const children = inside.flatMap((child, index) => {
      const named = isRecord(child) ? (child.key ?? child.id) : undefined;
      let own = typeof named === "string" && named ? `=${named}` : String(index);
      if (taken.has(own)) own = String(index);
      taken.add(own);
      return read(child, own, depth + 1);
    });
    return [
      { ...node, type: node.type, key, id: typeof node.id === "string" ? node.id : undefined, children },
    ];
  };
  return read(root, "", 0)[0] ?? { type: "Basic", key: "", children: [] };
}

/** Names of the fields that a `Label` in the tree speaks of. */
export function labelled(root: Component, names = new Set<string>()): Set<string> {
  if (root.type === "Label" && typeof root.fieldName === "string") names.add(root.fieldName);
  for (const child of root.children) labelled(child, names);
  return names;
}
