/** Telling of changes no more often than they can be shown. */

const HIDDEN_MS = 120;

/** Calls `tell` at once, or at most once a frame; in a hidden tab, where there are no frames, a few times a second. */
export class Batch {
  #frame: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly tell: () => void) {}

  now(): void {
    this.cancel();
    this.tell();
  }

  soon(): void {
    if (this.#timer !== undefined) return;
    const now = () => this.now();
    this.#timer = setTimeout(now, HIDDEN_MS);
    this.#frame = globalThis.requestAnimationFrame?.(now);
  }

  cancel(): void {
    clearTimeout(this.#timer);
    if (this.#frame !== undefined) globalThis.cancelAnimationFrame(this.#frame);
    this.#timer = this.#frame = undefined;
  }
}
