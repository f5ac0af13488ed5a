import { useEffect, useRef, useState } from "preact/hooks";
import type { WidgetNode } from "../protocol/types";
import { WidgetView } from "../widgets/WidgetView";
import { useEnv } from "./env";
import { Icon } from "./Icon";
import type { Suggestion } from "./suggesting";

interface Props {
  found: readonly Suggestion[];
  at: number;
  kind: "mention" | "command";
  onChoose(one: Suggestion): void;
}

/** What fits the word that is being written; focus stays in the field, which names the one in question. */
export function SuggestionList({ found, at, kind, onChoose }: Props) {
  const { words } = useEnv();
  const list = useRef<HTMLDivElement>(null);
  const preview = usePreview(found[at]);
  useEffect(
    () => list.current?.querySelector(`#suggestion-${at}`)?.scrollIntoView({ block: "nearest" }),
    [at],
  );
  return (
    <div class="suggestions" ref={list}>
      <div
        id="suggestions"
        role="listbox"
        aria-label={kind === "mention" ? words.mention : words.commands}
        class="suggestion-rows"
      >
        {found.map((one, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: keys go to the field, which has the focus
          <div
            key={one.id}
            id={`suggestion-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            class="suggestion"
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onChoose(one)}
          >
            {one.icon && <Icon name={one.icon} />}
            <span class="menu-text">
              <span dir="auto">{one.label}</span>
              {(one.description || one.group) && <small dir="auto">{one.description || one.group}</small>}
            </span>
          </div>
        ))}
      </div>
      {!found.length && <p class="history-note">{words.noPlaces}</p>}
      {preview && (
        <div class="suggestion-preview" aria-hidden="true" inert>
          <WidgetView widget={preview} />
        </div>
      )}
    </div>
  );
}

/** What the page shows of the place in question, a moment after it is. */
function usePreview(one: Suggestion | undefined): WidgetNode | null {
  const { entityPreview } = useEnv();
  const [preview, setPreview] = useState<WidgetNode | null>(null);
  useEffect(() => {
    setPreview(null);
    if (!one?.entity?.interactive || !entityPreview) return;
    let current = true;
    const soon = setTimeout(async () => {
      const found = await entityPreview(one.entity!).catch(() => null);
      if (current) setPreview(found);
    }, 200);
    return () => {
      current = false;
      clearTimeout(soon);
    };
  }, [one?.id]);
  return preview;
}
