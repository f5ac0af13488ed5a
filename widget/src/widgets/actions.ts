/** What a widget's control does, and how what stands in a form comes into it. */

import { isRecord } from "../protocol/errors";
import type { Action } from "../protocol/types";
import { oneOf } from "./values";

export interface ActionConfig {
  type: string;
  payload?: unknown;
  handler: "server" | "client";
  loading: "auto" | "none" | "self" | "container";
  streaming: boolean;
}

/**
 * The action that `value` describes; null where it describes none.
 *
 * Source: `chatkit/actions.py` of openai-chatkit 1.6.5, for what holds where a property is left out.
 */
export function actionOf(value: unknown): ActionConfig | null {
  if (!isRecord(value) || typeof value.type !== "string" || !value.type) return null;
  return {
    type: value.type,
    payload: value.payload,
    handler: oneOf(value.handler, ["server", "client"], "server"),
    loading: oneOf(value.loadingBehavior, ["auto", "none", "self", "container"], "auto"),
    streaming: value.streaming !== false,
  };
}

export type Field = readonly [name: string, value: string | boolean];

const UNSAFE = new Set(["__proto__", "prototype", "constructor"]);

/** `config` as it is sent: its payload, and in it the fields by name, where `a.b` is `b` in `a`. */
export function withFields(config: ActionConfig, fields: readonly Field[]): Action {
  const { type, payload } = config;
  if (!fields.length)
    return payload === undefined ? { type } : { type, payload: payload as Action["payload"] };
  const whole: Record<string, unknown> = isRecord(payload) ? structuredClone(payload) : {};
  for (const [name, value] of fields) put(whole, name, value);
  return { type, payload: whole };
}

function put(whole: Record<string, unknown>, name: string, value: string | boolean): void {
  const steps = name.split(".");
  if (steps.some((step) => !step || UNSAFE.has(step))) {
    if (!UNSAFE.has(name)) whole[name] = value; // ".", "a..b": not a path, so it is a name
    return;
  }
  let inner = whole;
  for (const step of steps.slice(0, -1)) {
    if (!isRecord(inner[step])) inner[step] = {};
    inner = inner[step] as Record<string, unknown>;
  }
  inner[steps.at(-1)!] = value;
}
