/** Items that are drawn by code which is fetched with the first of them: widgets and forms. */

import type { FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Progress } from "../items/Status";
import type { StructuredInputItem } from "../protocol/types";
import { useEnv } from "../ui/env";
import { load } from "../ui/load";
import type { Props as WidgetProps } from "./Root";
import "../ui/shared";

interface Drawings {
  WidgetRoot: FunctionComponent<WidgetProps>;
  StructuredInput: FunctionComponent<{ item: StructuredInputItem }>;
}

let drawings: Drawings | undefined;

/** The component `of`, with `given`; without it, `instead` and a button to try again. */
export function OnDemand<Name extends keyof Drawings>({
  of,
  given,
  instead,
}: {
  of: Name;
  given: Parameters<Drawings[Name]>[0];
  instead?: string;
}) {
  const { assets, words } = useEnv();
  const [attempt, setAttempt] = useState(0);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    if (drawings) return;
    let there = true;
    setFailed(false);
    load<Drawings>(assets, "widgets").then(
      (module) => {
        drawings = module;
        if (there) setAttempt((count) => count + 1);
      },
      () => there && setFailed(true),
    );
    return () => {
      there = false;
    };
  }, [assets, attempt]);
  if (drawings) {
    const Drawing = drawings[of] as FunctionComponent<typeof given>;
    return <Drawing {...given} />;
  }
  if (!failed) return <Progress text="" />;
  return (
    <div class="box">
      <div class="body">
        {instead && (
          <p class="written" dir="auto">
            {instead}
          </p>
        )}
        <button type="button" class="button" onClick={() => setAttempt(attempt + 1)}>
          {words.retry}
        </button>
      </div>
    </div>
  );
}
