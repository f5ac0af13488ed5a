/** What components of one widget share: how they look, what they may do, and the form they stand in. */

import { createContext, type FunctionComponent } from "preact";
import { useContext } from "preact/hooks";
import type { Component } from "./tree";

export type Drawn = FunctionComponent<{ node: Component }>;

export interface WidgetScope {
  /** Prefix of ids in the document. */
  id: string;
  dark: boolean;
  labelled: ReadonlySet<string>;
  /** The component of each type. */
  drawn: Readonly<Record<string, Drawn>>;
  /** What is under way: the whole widget, or the component of this key; null where nothing is. */
  busy: object | "container" | null;
  /** Whether an action may begin now. */
  may(action: unknown): boolean;
  /**
   * Does what `action` says, with what is in the form around `from`.
   *
   * `auto` is what the loading behaviour `auto` comes to for this kind of component. Resolves to whether it was done.
   */
  run(action: unknown, from: Origin): Promise<boolean>;
}

export interface Origin {
  /** The component that was used. */
  node: object;
  element: Element | null;
  auto: "none" | "self" | "container";
  /** Whether a form that is not filled in as it should be keeps the action back. */
  checked?: boolean;
}

export const WidgetContext = createContext<WidgetScope | null>(null);

export function useWidget(): WidgetScope {
  const scope = useContext(WidgetContext);
  if (!scope) throw new Error("A component of a widget was rendered outside of one.");
  return scope;
}

/** Messages at the fields of a form, by the field's name. */
export const ProblemContext = createContext<Readonly<Record<string, string>>>({});
