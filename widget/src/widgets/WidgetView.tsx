/** A widget of a conversation; what draws it is fetched with the first one. */

import type { FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Progress } from "../items/Status";
import { useEnv } from "../ui/env";
import { load } from "../ui/load";
import type { Props } from "./Root";
import "../ui/shared";

interface Drawing {
  WidgetRoot: FunctionComponent<Props>;
}

let drawing: Drawing | undefined;

/** The widget `widget`; actions in it are those of `item` where it is given. */
export function WidgetView(props: Props) {
  const { assets, words } = useEnv();
  const [attempt, setAttempt] = useState(0);
  const [state, setState] = useState<"waiting" | "drawn" | "failed">(drawing ? "drawn" : "waiting");
  useEffect(() => {
    if (drawing) return setState("drawn");
    let there = true;
    setState("waiting");
    load<Drawing>(assets, "widgets").then(
      (module) => {
        drawing = module;
        if (there) setState("drawn");
      },
      () => there && setState("failed"),
    );
    return () => {
      there = false;
    };
  }, [assets, attempt]);
  if (drawing) return <drawing.WidgetRoot {...props} />;
  if (state === "waiting") return <Progress text="" />;
  return (
    <div class="box">
      <div class="body">
        {props.item?.copy_text && (
          <p class="written" dir="auto">
            {props.item.copy_text}
          </p>
        )}
        <button type="button" class="button" onClick={() => setAttempt(attempt + 1)}>
          {words.retry}
        </button>
      </div>
    </div>
  );
}
