/** Waiting: for a while, for the network, for an end. */

/** Resolves after `ms`, or as soon as the browser says that it is online again; rejects when `signal` is aborted. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      globalThis.removeEventListener?.("online", wake);
      signal?.removeEventListener("abort", leave);
    };
    const wake = () => {
      end();
      resolve();
    };
    const leave = () => {
      end();
      reject(new DOMException("The wait was given up.", "AbortError"));
    };
    const timer = setTimeout(wake, ms);
    if (signal?.aborted) return leave();
    globalThis.addEventListener?.("online", wake);
    signal?.addEventListener("abort", leave);
  });
}

/** How long to wait before the attempt of this number, from 0: half a second, doubled up to 8 s, a third of it chance. */
export function backoff(attempt: number): number {
  return Math.min(8000, 500 * 2 ** attempt) * (0.67 + Math.random() * 0.33);
}

/** Whether the browser believes that it has no network; where there is no browser, never. */
export function isOffline(): boolean {
  return globalThis.navigator?.onLine === false;
}
