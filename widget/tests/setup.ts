/**
 * Properties try the same examples in every run of CI, so that what fails there fails here, and as many as `FUZZ_EXAMPLES`
 * says where it is set.
 *
 * Effects run after a frame, and a test may be over before that frame: Preact would then look for
 * `cancelAnimationFrame` in a document that is gone (preact 10.29, hooks/src/index.js, `afterNextFrame`).
 * Frames are timers here, and those left at a file's end are dropped with its document.
 */

import fc from "fast-check";
import { options } from "preact";
import { afterAll } from "vitest";

const { CI, FUZZ_EXAMPLES } = process.env;
if (FUZZ_EXAMPLES) fc.configureGlobal({ numRuns: Number(FUZZ_EXAMPLES) });
else if (CI) fc.configureGlobal({ seed: 20_260_101 });

const FRAME_MS = 16;
const waiting = new Set<ReturnType<typeof setTimeout>>();

const hooks = options as typeof options & { requestAnimationFrame?: (callback: () => void) => void };

hooks.requestAnimationFrame = (callback) => {
  const timer = setTimeout(() => {
    waiting.delete(timer);
    callback();
  }, FRAME_MS);
  waiting.add(timer);
};

afterAll(() => {
  for (const timer of waiting) clearTimeout(timer);
  waiting.clear();
});

// This jsdom has no pointer events, and Preact writes the names of events as the document has them.
if (typeof HTMLElement !== "undefined")
  Object.assign(HTMLElement.prototype, { onpointerenter: null, onpointerleave: null });
