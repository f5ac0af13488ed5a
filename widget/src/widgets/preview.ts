/** What the page shows of an entity before anybody goes there. */

import type { Entity } from "@openai/chatkit";
import { useEffect, useState } from "preact/hooks";
import type { WidgetNode } from "../protocol/types";
import { useEnv } from "../ui/env";

/** The page's preview of `entity`, asked for after `waitMs`; null without one, and for what is not interactive. */
export function usePreview(entity: Entity | undefined, waitMs = 0): WidgetNode | null {
  const { entityPreview } = useEnv();
  const [preview, setPreview] = useState<WidgetNode | null>(null);
  const wanted = entity?.interactive ? entity : undefined;
  useEffect(() => {
    setPreview(null);
    if (!wanted || !entityPreview) return;
    let here = true;
    const soon = setTimeout(async () => {
      const found = await entityPreview(wanted).catch(() => null);
      if (here) setPreview(found);
    }, waitMs);
    return () => {
      here = false;
      clearTimeout(soon);
    };
  }, [wanted?.id]);
  return preview;
}
