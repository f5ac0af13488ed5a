/** The component `Text`: words, or a field that looks like them. */

import { isRecord } from "../protocol/errors";
import { useAutoResize, useFirstFocus } from "./behaviour";
import { useProblem } from "./containers";
import { typography } from "./content";
import { useWidget } from "./context";
import { Problem } from "./controls";
import type { Component } from "./tree";
import { count, defined, size, text } from "./values";

export function TextView({ node }: { node: Component }) {
  const { dark } = useWidget();
  const look = typography(node, dark);
  const style = {
    ...look.style,
    ...defined({
      width: size(node.width),
      minHeight: lines(node.minLines),
      fontStyle: node.italic === true ? "italic" : undefined,
      textDecoration: node.lineThrough === true ? "line-through" : undefined,
    }),
  };
  if (isRecord(node.editable))
    return <Editable node={node} editable={node.editable} style={style} size={look.class} />;
  return (
    <p dir="auto" class={`text ${look.class}`} style={style}>
      {text(node.value)}
    </p>
  );
}

function lines(value: unknown): string | undefined {
  const least = count(value, 1, 200);
  return least ? `${least}lh` : undefined;
}

interface EditableProps {
  node: Component;
  editable: Record<string, unknown>;
  style: Record<string, string | number | undefined>;
  size: string;
}

function Editable({ node, editable, style, size: look }: EditableProps) {
  const name = text(editable.name);
  const field = useFirstFocus<HTMLTextAreaElement>(editable.autoFocus === true, editable.autoSelect === true);
  useAutoResize(field, true, undefined);
  const problem = useProblem(name);
  return (
    <>
      <textarea
        ref={field}
        class={`text editable ${look}`}
        style={style}
        dir="auto"
        rows={1}
        data-field={name}
        data-pattern={text(editable.pattern) || undefined}
        aria-label={text(editable.placeholder) || name}
        aria-invalid={!!problem}
        placeholder={text(editable.placeholder)}
        required={editable.required === true}
        autocomplete={text(editable.autoComplete) || "off"}
        defaultValue={text(node.value)}
      />
      <Problem text={problem} />
    </>
  );
}
