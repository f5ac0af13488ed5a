/** One component of a widget by its type, and a list of them. */

import { useWidget } from "./context";
import type { Component } from "./tree";

/** The component `node`; of an unknown type, what is in it. */
export function Node({ node }: { node: Component }) {
  const { drawn } = useWidget();
  const Drawing = Object.hasOwn(drawn, node.type) ? drawn[node.type]! : Inside;
  return <Drawing node={node} />;
}

/** The children of `node`, in order. */
export function Inside({ node }: { node: Component }) {
  return (
    <>
      {node.children.map((child) => (
        <Node key={child.key} node={child} />
      ))}
    </>
  );
}
