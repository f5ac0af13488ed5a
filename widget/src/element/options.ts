/** What a page may ask of the element: ChatKit's own options, and what stands under `pageside` beside them. */

import type { ChatKitOptions, HeaderIcon } from "@openai/chatkit";
import type { Credentials } from "../protocol/client";

/** A button that stands in the header beside ChatKit's own. */
export interface HeaderButton {
  icon: HeaderIcon;
  label: string;
  onClick: () => void;
  pressed?: boolean;
}

/** What a Pageside page wants that ChatKit has no option for; every part of it may be left out. */
export interface PagesideOptions {
  /** What goes with every request as `metadata`. */
  context?: () => Record<string, unknown>;
  /** Whether readers choose between the whole book and the selected text. */
  modes?: boolean;
  /** Longest message, in characters. */
  maxChars?: number;
  buttons?: HeaderButton[];
  /** Opens a link in the page; false where it cannot, and the link opens in a new tab. */
  navigate?: (url: string, quote?: string) => boolean;
  /** Says who asks, in place of a cookie or of `api.getClientSecret`. */
  credentials?: Credentials;
  /** Whose thread goes on from page to page in a tab; books that share a server have different names. */
  book?: string;
}

export type Options = ChatKitOptions & { pageside?: PagesideOptions };

/**
 * `options` as they are used.
 *
 * @throws TypeError in words that name the option, where one cannot be used.
 */
export function checked(options: Options): Options {
  if (!options || typeof options !== "object") throw new TypeError("setOptions: pass an object with `api`.");
  const api = options.api as Record<string, unknown> | undefined;
  if (!api || typeof api !== "object")
    throw new TypeError("setOptions: `api` is missing. Give `{ url, domainKey }` or `{ getClientSecret }`.");
  if (typeof api.getClientSecret !== "function" && typeof api.url !== "string")
    throw new TypeError("setOptions: `api` needs `url`, a string, or `getClientSecret`, a function.");
  for (const [name, value] of [
    ["onClientTool", options.onClientTool],
    ["entities.onTagSearch", options.entities?.onTagSearch],
    ["entities.onClick", options.entities?.onClick],
    ["entities.onRequestPreview", options.entities?.onRequestPreview],
    ["commands.onSearch", options.commands?.onSearch],
    ["commands.onSelect", options.commands?.onSelect],
    ["widgets.onAction", options.widgets?.onAction],
  ] as const) {
    if (value !== undefined && value !== null && typeof value !== "function")
      throw new TypeError(`setOptions: \`${name}\` must be a function.`);
  }
  for (const [name, value] of [
    ["startScreen.prompts", options.startScreen?.prompts],
    ["composer.tools", options.composer?.tools],
    ["composer.models", options.composer?.models],
  ] as const) {
    if (value !== undefined && value !== null && !Array.isArray(value))
      throw new TypeError(`setOptions: \`${name}\` must be a list.`);
  }
  return options;
}
