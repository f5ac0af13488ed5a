/** Failures as the reader is told of them. */

import { isAbort, RequestError } from "../protocol/errors";
import type { Problem } from "./state";

/** The words of the interface that tell of failures. */
export interface ProblemWords {
  offline: string;
  unreachable: string;
  failed: string;
  actionFailed: string;
  locked: string;
  closed: string;
}

/** What to tell of `error`, and what trying again would do. */
export function problemOf(error: unknown, retry: Problem["retry"], words: ProblemWords): Problem {
  if (!(error instanceof RequestError))
    return { message: words.failed, retry, code: isAbort(error) ? "stopped" : "stream" };
  const { code, detail, retryAfter: wait, requestId: request } = error;
  const own = { offline: words.offline, network: words.unreachable }[code];
  const again = error.retryable || code === "offline" || code === "unauthorized" ? retry : null;
  return { message: own ?? (detail || words.failed), retry: again, code, wait, request };
}
