/** Tables of widgets. */

import { Inside, Node } from "./Node";
import type { Component } from "./tree";
import { among, count, defined, oneOf, size, spacing } from "./values";

interface Props {
  node: Component;
}

/** A table; it scrolls in a box of its own where it is wider than the conversation. */
export function Table({ node }: Props) {
  const rows = node.children;
  const body = rows.findIndex((row) => row.header !== true);
  const heads = rows.slice(0, body < 0 ? rows.length : body);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <div class="table" tabIndex={0} role="group">
      <table>
        {heads.length > 0 && <thead>{rowsOf(heads)}</thead>}
        <tbody>{rowsOf(rows.slice(heads.length))}</tbody>
      </table>
    </div>
  );
}

function rowsOf(rows: readonly Component[]) {
  return rows.filter((row) => row.type === "Table.Row").map((row) => <Node key={row.key} node={row} />);
}

export function TableRow({ node }: Props) {
  return (
    <tr>
      {node.children
        .filter((cell) => cell.type === "Table.Cell")
        .map((cell) => (
          <TableCell key={cell.key} node={cell} header={node.header === true} />
        ))}
    </tr>
  );
}

const ALIGN = ["start", "center", "end"] as const;
const VERTICAL = { start: "top", center: "middle", end: "bottom" } as const;
const WIDTHS = { xs: "4rem", sm: "6rem", md: "9rem", lg: "13rem", xl: "18rem" } as const;

export function TableCell({ node, header = false }: Props & { header?: boolean }) {
  const Cell = header ? "th" : "td";
  const width = among(WIDTHS, node.colSize);
  const style = defined({
    width: size(node.width) ?? width,
    minWidth: width,
    textAlign: oneOf(node.align, ALIGN, "start"),
    verticalAlign: VERTICAL[oneOf(node.vAlign, ALIGN, header ? "end" : "center")],
    ...spacing("padding", node.padding),
  });
  return (
    <Cell
      scope={header ? "col" : undefined}
      colSpan={count(node.colSpan, 1, 100)}
      rowSpan={count(node.rowSpan, 1, 100)}
      style={style}
    >
      <Inside node={node} />
    </Cell>
  );
}
