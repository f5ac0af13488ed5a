/** What the server asks the page. */

import type { ClientToolCallItem } from "../protocol/types";
import type { ClientTool } from "./house";

/**
 * What the page answers to `call`, as the server will read it; what it fails with is an answer, too.
 *
 * @param over Resolves when nobody waits for the answer any longer.
 */
export async function answerOf(
  { name, arguments: params }: ClientToolCallItem,
  onClientTool: ClientTool,
  over: Promise<void>,
  onError?: (error: Error) => void,
): Promise<unknown> {
  try {
    const told = await Promise.race([onClientTool({ name, params }), over]);
    return JSON.parse(JSON.stringify(told ?? null) ?? "null");
  } catch (error) {
    onError?.(error as Error);
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
