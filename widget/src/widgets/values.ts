/** Properties of widgets, which are a server's data: each is what it should be, or it is not there. */

import { isRecord } from "../protocol/errors";

type Style = Record<string, string | number>;

/** A string that is not empty, else nothing. */
export function text(value: unknown): string {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}

/** `value` where it is one of `allowed`, else `otherwise`. */
export function oneOf<T extends string>(value: unknown, allowed: readonly T[], otherwise: T): T {
  return allowed.includes(value as T) ? (value as T) : otherwise;
}

/** A whole number from `least` to `most`, else nothing. */
export function count(value: unknown, least: number, most: number): number | undefined {
  return typeof value === "number" && value >= least ? Math.min(Math.floor(value), most) : undefined;
}

/** An address that may be shown as a picture: of the web, of the page, or the picture itself; nothing else. */
export function imageUrl(value: unknown): string | undefined {
  if (typeof value !== "string" || !value.trim()) return undefined;
  const url = value.trim();
  if (/^data:/i.test(url))
    return /^data:image\/(png|jpeg|gif|webp|svg\+xml)[;,]/i.test(url) ? url : undefined;
  try {
    const { protocol } = new URL(url, document.baseURI);
    return /^(https?|blob):$/.test(protocol) ? url : undefined;
  } catch {
    return undefined;
  }
}

const MOST_PX = 4000;
const LENGTH = /^\d*\.?\d+(px|rem|em|ch|%|vw|vh|dvh|lh)?$/;
const KEYWORD = /^(auto|(min|max|fit)-content)$/;

/** A length in CSS; a number counts `unit` each, such as px or the interface's step of space. */
function length(value: unknown, unit: string): string | undefined {
  if (typeof value === "number" || (typeof value === "string" && /^\d+(\.\d+)?$/.test(value))) {
    const number = Number(value);
    return number >= 0 && number <= MOST_PX ? `calc(${number} * ${unit})` : undefined;
  }
  if (typeof value !== "string") return undefined;
  const plain = value.trim();
  return LENGTH.test(plain) || KEYWORD.test(plain) ? plain : undefined;
}

/** A width or height: numbers are px. */
export function size(value: unknown): string | undefined {
  return length(value, "1px");
}

/** A gap, padding or margin: numbers are steps of 4 px at the normal density. */
export function space(value: unknown): string | undefined {
  return length(value, "var(--space)");
}

const SIDES: Readonly<Record<string, readonly string[]>> = {
  y: ["BlockStart", "BlockEnd"],
  x: ["InlineStart", "InlineEnd"],
  top: ["BlockStart"],
  bottom: ["BlockEnd"],
  left: ["InlineStart"],
  right: ["InlineEnd"],
};

/** `value`, which is meant for all sides or names them, as properties `<prefix><side>`. */
function sides(prefix: string, value: unknown, read: (value: unknown) => string | undefined): Style {
  const style: Style = {};
  const put = (names: readonly string[], each: unknown) => {
    const valid = read(each);
    if (valid !== undefined) for (const name of names) style[prefix + name] = valid;
  };
  const named = isRecord(value) && Object.keys(SIDES).some((name) => name in value);
  if (!named) put([...SIDES.y!, ...SIDES.x!], value);
  else
    for (const [name, names] of Object.entries(SIDES)) put(names, (value as Record<string, unknown>)[name]);
  return style;
}

/** Spacing of a container's inside or outside. */
export function spacing(prefix: "padding" | "margin", value: unknown): Style {
  if (typeof value !== "string" || !value.includes(" ")) return sides(prefix, value, space);
  const [top, right = top, bottom = top, left = right] = value.trim().split(/\s+/);
  return sides(prefix, { top, right, bottom, left }, space);
}

export type Palette = "text" | "background" | "border" | "chart";

const TOKENS: Readonly<Record<Palette, Readonly<Record<string, string>>>> = {
  text: {
    prose: "var(--text)",
    primary: "var(--text)",
    emphasis: "var(--text)",
    secondary: "var(--text-muted)",
    tertiary: "var(--text-muted)",
    success: "var(--success)",
    warning: "var(--warning)",
    danger: "var(--danger)",
  },
  background: {
    surface: "var(--surface)",
    "surface-secondary": "var(--surface-sunken)",
    "surface-tertiary": "var(--surface-hover)",
    "surface-elevated": "var(--surface-raised)",
    "surface-elevated-secondary": "var(--surface-sunken)",
  },
  border: {
    default: "var(--border)",
    subtle: "color-mix(in srgb, var(--border) 55%, transparent)",
    strong: "var(--border-strong)",
  },
  chart: {},
};

const HUES: Readonly<Record<string, number>> = {
  red: 25,
  orange: 50,
  amber: 75,
  yellow: 95,
  lime: 125,
  green: 150,
  teal: 185,
  cyan: 210,
  blue: 258,
  indigo: 278,
  violet: 295,
  purple: 308,
  pink: 352,
};

/** A colour token, a primitive such as `red-100`, a CSS colour, or `{light, dark}` of those; else nothing. */
export function color(value: unknown, palette: Palette, dark: boolean): string | undefined {
  if (isRecord(value)) return color(value[dark ? "dark" : "light"], palette, dark);
  if (typeof value !== "string") return undefined;
  const name = value.trim();
  const tokens = TOKENS[palette];
  if (Object.hasOwn(tokens, name)) return tokens[name];
  if (palette === "chart" && Object.hasOwn(HUES, name)) return primitive(name, dark ? 400 : 600);
  const [, hue, step] = /^([a-z]+)-(\d{1,4})$/.exec(name) ?? [];
  if (hue && (hue === "gray" || Object.hasOwn(HUES, hue))) return primitive(hue, Number(step));
  return cssColor(name) ? name : undefined;
}

function cssColor(name: string): boolean {
  return (
    /^#([\da-f]{3,4}|[\da-f]{6}|[\da-f]{8})$/i.test(name) ||
    /^[a-z]{3,24}$/i.test(name) ||
    /^(rgb|hsl|hwb|lab|lch|oklab|oklch)a?\([\d\s.,%/+-]*(deg|turn|rad|none)?[\d\s.,%/+-]*\)$/i.test(name)
  );
}

/** A step of a scale from white (0) to black (1000). */
function primitive(hue: string, step: number): string {
  const lightness = 0.99 - Math.min(step, 1000) * 0.00076;
  const chroma = hue === "gray" ? 0.006 : Math.max(0.02, 0.19 * (1 - Math.abs(lightness - 0.6) / 0.48));
  return `oklch(${lightness.toFixed(3)} ${chroma.toFixed(3)} ${HUES[hue] ?? 280})`;
}

const STYLES = ["solid", "dashed", "dotted", "double", "groove", "ridge", "inset", "outset"] as const;

function border(value: unknown, dark: boolean): Style {
  return sides("border", value, (edge) => {
    const { size: px, color: named, style } = isRecord(edge) ? edge : { size: edge, color: 0, style: 0 };
    const thick = count(px, 0, 16);
    if (thick === undefined) return undefined;
    return `${thick}px ${oneOf(style, STYLES, "solid")} ${color(named, "border", dark) ?? "var(--border)"}`;
  });
}

const RADII: Readonly<Record<string, string>> = {
  none: "0",
  "2xs": "2px",
  xs: "4px",
  sm: "6px",
  md: "8px",
  lg: "10px",
  xl: "12px",
  "2xl": "16px",
  "3xl": "20px",
  "4xl": "24px",
  full: "999px",
  "100%": "50%",
};

export function radius(value: unknown): string | undefined {
  if (typeof value !== "string" || !Object.hasOwn(RADII, value)) return undefined;
  const edge = RADII[value]!;
  return edge === "50%" ? edge : `calc(${edge === "0" ? "0px" : edge} * var(--roundness, 1))`;
}

const ALIGN = {
  start: "flex-start",
  center: "center",
  end: "flex-end",
  baseline: "baseline",
  stretch: "stretch",
};
const JUSTIFY = {
  ...ALIGN,
  between: "space-between",
  around: "space-around",
  evenly: "space-evenly",
} as const;

/** What `table` itself has under `value`. */
export function among<T>(table: Record<string, T>, value: unknown): T | undefined {
  return typeof value === "string" && Object.hasOwn(table, value) ? table[value] : undefined;
}

/** How wide, how high, how far from others: what every block has. */
export function block(node: Record<string, unknown>, dark: boolean): Style {
  const flex = text(node.flex);
  const ratio = text(node.aspectRatio);
  return defined({
    width: size(node.width ?? node.size),
    height: size(node.height ?? node.size),
    minWidth: size(node.minWidth ?? node.minSize),
    minHeight: size(node.minHeight ?? node.minSize),
    maxWidth: size(node.maxWidth ?? node.maxSize),
    maxHeight: size(node.maxHeight ?? node.maxSize),
    aspectRatio: /^\d+(\.\d+)?(\s*\/\s*\d+(\.\d+)?)?$/.test(ratio) ? ratio : undefined,
    flex: /^(auto|none|initial|\d+(\.\d+)?( \d+(\.\d+)?)?( (auto|\d+(px|%)?))?)$/.test(flex)
      ? flex
      : undefined,
    borderRadius: radius(node.radius),
    background: color(node.background, "background", dark),
    ...spacing("margin", node.margin),
  });
}

/** How a container lays out what is in it. */
export function box(node: Record<string, unknown>, dark: boolean): Style {
  return defined({
    ...block(node, dark),
    ...spacing("padding", node.padding),
    ...border(node.border, dark),
    gap: space(node.gap),
    alignItems: among(ALIGN, node.align),
    justifyContent: among(JUSTIFY, node.justify),
    flexWrap: oneOf(node.wrap, ["nowrap", "wrap", "wrap-reverse"], "nowrap"),
  });
}

/** `style` without what is not there. */
export function defined(style: Record<string, string | number | undefined>): Style {
  return Object.fromEntries(Object.entries(style).filter(([, value]) => value !== undefined)) as Style;
}
