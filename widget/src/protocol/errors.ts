/** What a request can fail with, in words where the server has any. */

export interface RequestFailure {
  /** The status of the answer; 0 where none came. */
  status: number;
  /** The `code` of a problem document, or `network`, `offline`, `unauthorized`, `stream`, `busy`, `http_<status>`. */
  code: string;
  /** For people; empty where nothing is known but the status. */
  detail: string;
  /** Seconds that the server asks to wait. */
  retryAfter?: number;
  requestId?: string;
  /** Whether the same request may succeed later. */
  retryable: boolean;
}

/** A request that was not carried out, or whose answer never came. */
export class RequestError extends Error implements RequestFailure {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly retryAfter?: number;
  readonly requestId?: string;
  readonly retryable: boolean;

  constructor(failure: Partial<RequestFailure> & { code: string }, options?: ErrorOptions) {
    super(failure.detail || failure.code, options);
    this.name = "RequestError";
    this.status = failure.status ?? 0;
    this.code = failure.code;
    this.detail = failure.detail ?? "";
    this.retryAfter = failure.retryAfter;
    this.requestId = failure.requestId;
    this.retryable = failure.retryable ?? false;
  }
}

const LONGEST_DETAIL = 300;

/** The failure that an answer with an error status speaks of, whoever's server it came from. */
export async function refused(response: Response): Promise<RequestError> {
  const { status, headers } = response;
  const text = await response.text().catch(() => "");
  const document = parsed(text);
  const error = isRecord(document.error) ? document.error : document;
  // `detail` is of problem documents and FastAPI, `message` and `error` of most others.
  const words = [error.detail, error.message, document.error].find(
    (each) => typeof each === "string" && each,
  );
  const seconds = Number.parseFloat(headers.get("Retry-After") ?? "");
  return new RequestError({
    status,
    code: typeof error.code === "string" ? error.code : status === 401 ? "unauthorized" : `http_${status}`,
    detail: String(words ?? "").slice(0, LONGEST_DETAIL),
    retryAfter: Number.isFinite(seconds) ? Math.max(0, seconds) : undefined,
    requestId:
      typeof document.request_id === "string"
        ? document.request_id
        : (headers.get("X-Request-ID") ?? undefined),
    retryable:
      typeof document.retryable === "boolean"
        ? document.retryable
        : status === 408 || status === 429 || status >= 500,
  });
}

/** The failure of a request that got no answer. */
export function unanswered(error: unknown): RequestError {
  return new RequestError({ code: "network", retryable: true }, { cause: error });
}

export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

/** Whether the server could not be asked, or not now, rather than said no. */
export function isPassing(error: RequestError): boolean {
  return error.status === 0 ? error.code === "network" : error.status >= 500;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}
