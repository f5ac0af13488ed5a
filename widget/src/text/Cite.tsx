/** The marker of a source in a text, and the card that shows what it is. */

import { useContext, useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useSlice } from "../items/slice";
import { fill } from "../locale/strings";
import type { CitationRecord, Source } from "../protocol/types";
import { useEnv } from "../ui/env";
import { usePreview } from "../widgets/preview";
import { WidgetView } from "../widgets/WidgetView";
import { isBrowsers, target } from "./links";
import { Changed, entityOf, hasChanged, Kind, matches, Quoted, Title } from "./Sources";
import { WholeContext } from "./Text";

const OPEN_MS = 120;
const CLOSE_MS = 200;

/** The marker `number`: leads to its source, and shows it while it has the pointer or the focus. */
export function Cite({ number }: { number: number }) {
  const { openLink, entityClick, words } = useEnv();
  const { sources } = useContext(WholeContext);
  const source = sources.get(number);
  const record = useRecord(number, source);
  const marker = useRef<HTMLElement>(null);
  const card = useId();
  const { open, show, hide, wait } = useCard(marker);
  if (!source) return null;

  const link = source.type === "url" ? target(source.url) : null;
  const click = (event: MouseEvent) => {
    if (link) {
      if (link.href && isBrowsers(event)) return;
      event.preventDefault();
      hide();
      openLink(link.url, source);
    } else if (source.type === "entity" && source.interactive && entityClick) {
      entityClick(entityOf(source));
    } else if (open) hide();
    else show();
  };
  const properties = {
    class: hasChanged(record) ? "cite changed" : "cite",
    "aria-label": `${fill(words.source, { number })}: ${source.title}${hasChanged(record) ? `. ${words.bookChanged}` : ""}`,
    "aria-describedby": open ? card : undefined,
    onClick: click,
    // A touch is not a look: some browsers would take the first one for that alone, and follow the second.
    onPointerEnter: (event: PointerEvent) => event.pointerType !== "touch" && wait(show, OPEN_MS),
    onPointerLeave: () => wait(hide, CLOSE_MS),
    onFocus: (event: FocusEvent) => (event.currentTarget as HTMLElement).matches(":focus-visible") && show(),
    onBlur: hide,
  };
  return (
    <span class="cited">
      {link?.href ? (
        <a {...properties} ref={marker as preact.RefObject<HTMLAnchorElement>} href={link.href}>
          {number}
        </a>
      ) : (
        <button {...properties} ref={marker as preact.RefObject<HTMLButtonElement>} type="button">
          {number}
        </button>
      )}
      {open && (
        <Card
          id={card}
          source={source}
          record={record}
          beside={marker.current!}
          onEnter={() => wait(show, 0)}
          onLeave={() => wait(hide, CLOSE_MS)}
        />
      )}
    </span>
  );
}

/** What the server keeps of the source that `number` stands for in this answer. */
function useRecord(number: number, source?: Source): CitationRecord | undefined {
  const { itemId = "" } = useContext(WholeContext);
  const record = useSlice((state) => state.records.get(itemId));
  return source && record?.citations.find((each) => matches(each, number, source));
}

/** When the card is open: a moment after the pointer came, until a moment after it left; Escape closes it at once. */
function useCard(marker: { current: HTMLElement | null }) {
  const [open, setOpen] = useState(false);
  const timer = useRef(0);
  const wait = (then: () => void, ms: number) => {
    clearTimeout(timer.current);
    timer.current = window.setTimeout(then, ms);
  };
  const show = () => {
    clearTimeout(timer.current);
    setOpen(true);
  };
  const hide = () => {
    clearTimeout(timer.current);
    setOpen(false);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    if (!open) return;
    const key = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      // The panel around must not close as well.
      event.stopPropagation();
      event.preventDefault();
      setOpen(false);
    };
    // A card does not follow what scrolls under it.
    const scroll = () => setOpen(false);
    const root = marker.current?.ownerDocument;
    root?.addEventListener("keydown", key, true);
    root?.addEventListener("scroll", scroll, { capture: true, passive: true });
    return () => {
      root?.removeEventListener("keydown", key, true);
      root?.removeEventListener("scroll", scroll, true);
    };
  }, [open, marker]);
  return { open, show, hide, wait };
}

interface CardProps {
  id: string;
  source: Source;
  record?: CitationRecord;
  beside: HTMLElement;
  onEnter(): void;
  onLeave(): void;
}

function Card({ id, source, record, beside, onEnter, onLeave }: CardProps) {
  const { words } = useEnv();
  const preview = usePreview(source.type === "entity" ? entityOf(source) : undefined);
  const box = useRef<HTMLSpanElement>(null);
  const quote = record?.quote ?? source.description;
  useLayoutEffect(() => {
    if (box.current) place(box.current, beside);
  }, [beside, preview]);
  return (
    <span
      class="cite-card"
      role="tooltip"
      id={id}
      ref={box}
      popover="manual"
      onPointerEnter={onEnter}
      onPointerLeave={onLeave}
    >
      {preview ? (
        <WidgetView widget={preview} />
      ) : (
        <>
          <span class="cite-title" dir="auto">
            <Title source={source} />
          </span>
          {quote && (
            <span class="cite-quote" dir="auto">
              <Quoted text={quote} />
            </span>
          )}
          <Changed record={record} />
          {source.type === "file" && source.filename !== source.title && (
            <span class="cite-from">{source.filename}</span>
          )}
          {source.type === "url" && source.attribution && <span class="cite-from">{source.attribution}</span>}
          <Kind record={record} words={words} />
        </>
      )}
    </span>
  );
}

/** Puts `card` below `marker`, or above where there is no room, inside of the window. */
function place(card: HTMLElement, marker: HTMLElement) {
  if (card.isConnected && card.showPopover && !card.matches(":popover-open")) card.showPopover();
  const at = marker.getBoundingClientRect();
  const size = card.getBoundingClientRect();
  const [width, height] = [document.documentElement.clientWidth, window.innerHeight];
  const below = at.bottom + 6 + size.height <= height || at.top < size.height + 6;
  card.style.top = `${below ? at.bottom + 6 : at.top - 6 - size.height}px`;
  card.style.left = `${Math.max(8, Math.min(at.left - 16, width - size.width - 8))}px`;
}
