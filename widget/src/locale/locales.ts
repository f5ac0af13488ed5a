/** Which languages the interface speaks, and how each is fetched. */

import { load } from "../ui/load";
import { en } from "./en";
import type { Strings } from "./strings";

/** Languages with words of their own; every other locale gets English. */
export const TRANSLATED = ["es", "ur", "zh", "ja"] as const;

const RIGHT_TO_LEFT = new Set(["ar", "fa", "he", "ps", "sd", "ug", "ur", "yi"]);

export interface Locale {
  /** BCP 47, for dates and numbers. */
  tag: string;
  words: Strings;
  dir: "ltr" | "rtl";
}

export const ENGLISH: Locale = { tag: "en", words: en, dir: "ltr" };

/** The language of `wanted`, and the language of the page or the browser where nothing is wanted. */
export function chosen(wanted: string | undefined): string {
  return wanted || navigator.language || "en";
}

/** The words for `wanted`; English where they cannot be had. */
export async function locale(wanted: string | undefined, assets: string): Promise<Locale> {
  const tag = chosen(wanted);
  const language = tag.toLowerCase().split(/[-_]/)[0] ?? "en";
  if (language === "en") return { ...ENGLISH, tag: known(tag) };
  if (!TRANSLATED.some((one) => one === language)) return ENGLISH;
  try {
    const { words } = await load<{ words: Strings }>(assets, `locale-${language}`);
    return { tag: known(tag), words: { ...en, ...words }, dir: RIGHT_TO_LEFT.has(language) ? "rtl" : "ltr" };
  } catch {
    return ENGLISH; // understood by more readers than nothing
  }
}

/** `tag` if dates and numbers can be written in it. */
function known(tag: string): string {
  try {
    return new Intl.Locale(tag.replace(/_/g, "-")).toString();
  } catch {
    return "en";
  }
}
