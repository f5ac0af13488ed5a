/** Components that say or show something. */

import { useState } from "preact/hooks";
import { Markdown } from "../text/Markdown";
import { Icon } from "../ui/Icon";
import { useWidget } from "./context";
import type { Component } from "./tree";
import { among, block, color, count, defined, imageUrl, oneOf, text } from "./values";

interface Props {
  node: Component;
}

const WEIGHTS = { normal: 400, medium: 500, semibold: 600, bold: 700 };
const SIZES = ["xs", "sm", "md", "lg", "xl", "2xl", "3xl", "4xl", "5xl"] as const;

/** How a text looks: its colour, weight, alignment, and how many lines of it are seen. */
export function typography(node: Component, dark: boolean, usual: (typeof SIZES)[number] = "md") {
  const lines = count(node.maxLines, 1, 200);
  return {
    class: `size-${oneOf(node.size, SIZES, usual)}${node.truncate === true ? " truncated" : lines ? " clamped" : ""}`,
    style: defined({
      color: color(node.color, "text", dark),
      fontWeight: among(WEIGHTS, node.weight),
      textAlign: oneOf(node.textAlign, ["start", "center", "end"], "start"),
      WebkitLineClamp: node.truncate === true ? undefined : lines,
    }),
  };
}

export function Title({ node }: Props) {
  const { dark } = useWidget();
  const look = typography(node, dark);
  return (
    <div role="heading" aria-level={3} dir="auto" class={`title ${look.class}`} style={look.style}>
      {text(node.value)}
    </div>
  );
}

export function Caption({ node }: Props) {
  const { dark } = useWidget();
  const look = typography(node, dark);
  return (
    <p dir="auto" class={`caption ${look.class}`} style={look.style}>
      {text(node.value)}
    </p>
  );
}

export function Label({ node }: Props) {
  const { dark, id } = useWidget();
  const look = typography(node, dark, "sm");
  const field = fieldId(id, text(node.fieldName));
  return (
    <label id={`${field}-label`} for={field} dir="auto" class={`label ${look.class}`} style={look.style}>
      {text(node.value)}
    </label>
  );
}

/** The id of the field `name` of the widget `id`. */
export function fieldId(id: string, name: string): string {
  return `${id}-${encodeURIComponent(name)}`;
}

export function MarkdownView({ node }: Props) {
  return <Markdown text={text(node.value)} streaming={node.streaming === true} />;
}

const TONES = ["secondary", "success", "danger", "warning", "info", "discovery"] as const;

export function Badge({ node }: Props) {
  const look = [
    oneOf(node.variant, ["solid", "soft", "outline"], "soft"),
    oneOf(node.color, TONES, "secondary"),
    `size-${oneOf(node.size, ["sm", "md", "lg"], "sm")}`,
    node.pill === true ? "pill" : "",
  ];
  return (
    <span dir="auto" class={`badge ${look.join(" ")}`}>
      {text(node.label)}
    </span>
  );
}

const ICON_PX = { xs: 12, sm: 14, md: 16, lg: 20, xl: 24, "2xl": 28, "3xl": 32 } as const;
const ICON_SIZES = Object.keys(ICON_PX) as (keyof typeof ICON_PX)[];

/** The edge of an icon of this size, in px. */
export function iconPx(value: unknown, usual: keyof typeof ICON_PX = "md"): number {
  return ICON_PX[oneOf(value, ICON_SIZES, usual)];
}

export function IconView({ node }: Props) {
  const { dark } = useWidget();
  return (
    <span class="icon-box" style={defined({ color: color(node.color, "text", dark) })}>
      <Icon name={text(node.name)} size={iconPx(node.size)} />
    </span>
  );
}

const FITS = ["cover", "contain", "fill", "scale-down", "none"] as const;
const POSITIONS = [
  "center",
  "top left",
  "top",
  "top right",
  "left",
  "right",
  "bottom left",
  "bottom",
  "bottom right",
] as const;

export function ImageView({ node }: Props) {
  const { dark } = useWidget();
  const [failed, setFailed] = useState("");
  const src = imageUrl(node.src);
  const alt = text(node.alt);
  if (!src || failed === src) return alt ? <span class="caption">{alt}</span> : null;
  const style = {
    ...block(node, dark),
    objectFit: oneOf(node.fit, FITS, "cover"),
    objectPosition: oneOf(node.position, POSITIONS, "center"),
  };
  return (
    <img
      class={`${node.frame === true ? "framed" : ""} ${node.flush === true ? "flush" : ""}`}
      src={src}
      alt={alt}
      style={style}
      loading="lazy"
      referrerpolicy="no-referrer"
      onError={() => setFailed(src)}
    />
  );
}
