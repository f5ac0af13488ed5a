import { useEffect, useRef } from "preact/hooks";
import { usePreview } from "../widgets/preview";
import { WidgetView } from "../widgets/WidgetView";
import { useEnv } from "./env";
import { Icon } from "./Icon";
import type { Suggestion } from "./suggesting";

/** A preview is not asked for while the reader only passes by. */
const PREVIEW_MS = 200;

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
  const preview = usePreview(found[at]?.entity, PREVIEW_MS);
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
