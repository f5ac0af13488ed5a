/** The words of the interface, and which language a locale gets. */

import type { en } from "./en";

export type Strings = { [Key in keyof typeof en]: string };

/** `text` with each `{name}` replaced; a name without a value stays as it is. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}
