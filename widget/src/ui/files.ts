/** Which files the composer takes, by ChatKit's `composer.attachments`. */

import type { ComposerOption } from "@openai/chatkit";
import { fill, type Strings } from "../locale/strings";

type Rules = NonNullable<ComposerOption["attachments"]>;

const DEFAULT_BYTES = 100 * 1024 * 1024;
const DEFAULT_COUNT = 10;

/** Why `file` cannot be attached beside `count` others, in words; null where it can. */
export function refusal(
  file: File,
  count: number,
  rules: Rules,
  words: Strings,
  locale: string,
): string | null {
  const name = file.name;
  if (count >= (rules.maxCount ?? DEFAULT_COUNT))
    return fill(words.tooMany, { count: rules.maxCount ?? DEFAULT_COUNT });
  if (rules.accept && !accepted(file, rules.accept)) return fill(words.wrongType, { name });
  const most = limit(file.type, rules.maxSize);
  return file.size > most ? fill(words.tooLarge, { name, size: bytes(most, locale) }) : null;
}

/** The value of the file field's `accept`. */
export function filter(accept: Rules["accept"]): string | undefined {
  if (!accept) return undefined;
  return Object.entries(accept)
    .flatMap(([type, endings]) => [...(type.includes("/") ? [type] : []), ...endings])
    .join(",");
}

function accepted(file: File, accept: NonNullable<Rules["accept"]>): boolean {
  const name = file.name.toLowerCase();
  return Object.entries(accept).some(
    ([type, endings]) =>
      matches(type, file.type) || endings.some((ending) => name.endsWith(ending.toLowerCase())),
  );
}

function limit(type: string, sizes: Rules["maxSize"]): number {
  if (typeof sizes === "number") return sizes;
  if (!sizes) return DEFAULT_BYTES;
  // The more a pattern says of the type, the longer it is.
  const [pattern = ""] = Object.keys(sizes)
    .filter((key) => matches(key, type))
    .sort((a, b) => b.length - a.length);
  return sizes[pattern] ?? DEFAULT_BYTES;
}

function matches(pattern: string, type: string): boolean {
  if (pattern === "*" || pattern === "*/*") return true;
  return pattern.endsWith("/*") ? type.startsWith(pattern.slice(0, -1)) : pattern !== "" && pattern === type;
}

/** Names of the folders among what is dropped: browsers give them out as files that cannot be read. */
export function folders({ items }: DataTransfer): string[] {
  const entries = Array.from(items, (item) => item.webkitGetAsEntry?.());
  return entries.flatMap((entry) => (entry?.isDirectory ? [entry.name] : []));
}

/** `count` bytes in the largest unit that leaves a number of one or more. */
export function bytes(count: number, locale: string): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
  const step = Math.min(Math.floor(Math.log2(Math.max(count, 1)) / 10), units.length - 1);
  const value = count / 1024 ** step;
  return new Intl.NumberFormat(locale, {
    style: "unit",
    unit: units[step],
    unitDisplay: "short",
    maximumFractionDigits: value < 10 ? 1 : 0,
  }).format(value);
}
