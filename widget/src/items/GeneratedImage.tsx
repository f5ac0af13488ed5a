/** Pictures the assistant makes, and tools that run in the reader's page. */

import type { ClientToolCallItem, GeneratedImageItem } from "../protocol/types";
import { useEnv } from "../ui/env";
import { Picture } from "./Picture";
import { Progress } from "./Status";
import { useSlice } from "./slice";

/** A picture, as far as it is. */
export function GeneratedImage({ item }: { item: GeneratedImageItem }) {
  const { words } = useEnv();
  const share = item.progress;
  const whole = share === undefined || share >= 1;
  return (
    <article class={`item generated${whole ? "" : " unfinished"}`} aria-label={words.assistant}>
      {item.image ? (
        <Picture key={item.image.url} url={item.image.url} alt={words.picture} />
      ) : (
        <div class="canvas" aria-hidden="true" />
      )}
      {(!item.image || !whole) && (
        <>
          <Progress text={words.makingPicture} />
          {share !== undefined && <progress max={1} value={share} aria-label={words.makingPicture} />}
        </>
      )}
    </article>
  );
}

/** A line while the page is asked for something; nothing afterwards, nor where nobody waits for it any longer. */
export function ClientToolCall({ item }: { item: ClientToolCallItem }) {
  const { words } = useEnv();
  const idle = useSlice((state) => state.phase === "ready");
  return item.status === "pending" && !idle ? <Progress text={words.working} /> : null;
}
