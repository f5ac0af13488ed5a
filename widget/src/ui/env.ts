/** What every component may use, handed down by context. */

import type { Entity, WidgetsOption } from "@openai/chatkit";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Strings } from "../locale/strings";
import type { Source, WidgetNode } from "../protocol/types";
import type { Chat } from "../thread/state";

export interface Env {
  chat: Chat;
  /** Words of the interface in the reader's language. */
  words: Strings;
  /** BCP 47, for dates and numbers. */
  locale: string;
  /** Where the files that are loaded on demand stand, with a slash at the end. */
  assets: string;
  dark: boolean;
  /** Opens a link of an answer or a source: in the page where it can, in a new tab where it must. */
  openLink(url: string, from?: Source): void;
  /** Says something to readers who do not see the screen, politely. */
  announce(text: string): void;
  entityClick?(entity: Entity): void;
  entityPreview?(entity: Entity): Promise<WidgetNode | null>;
  widgetAction?: WidgetsOption["onAction"];
}

export const EnvContext = createContext<Env | null>(null);

/** The environment of the component; throws outside of one. */
export function useEnv(): Env {
  const env = useContext(EnvContext);
  if (!env) throw new Error("No environment: a component was rendered outside of the element.");
  return env;
}
