/** Parts of a line as nodes. */

import { type ComponentChildren, createContext } from "preact";
import { useContext, useMemo } from "preact/hooks";
import type { Source } from "../protocol/types";
import { useEnv } from "../ui/env";
import { memo } from "../ui/memo";
import type { References } from "./blocks";
import { Cite } from "./Cite";
import { Formula } from "./Formula";
import { inlines } from "./inlines";
import { isBrowsers, mayShow, target } from "./links";
import type { Inline } from "./parts";

/** What a line needs to know of the text it stands in. */
export interface Whole {
  references: References;
  /** How many references there are; a new one changes lines that were read before it. */
  size: number;
  sources: ReadonlyMap<number, Source>;
  itemId?: string;
}

export const WholeContext = createContext<Whole>({ references: new Map(), size: 0, sources: new Map() });

interface Props {
  text: string;
  /** What is half said at the end of the text is left out. */
  open?: boolean;
  /** More of the answer comes behind it. */
  caret?: boolean;
}

/** The Markdown of a line as nodes. */
export const Text = memo(({ text, open, caret }: Props) => {
  const { references, size } = useContext(WholeContext);
  const parts = useMemo(() => inlines(text, references, open), [text, references, size, open]);
  return (
    <>
      {parts.map((part, n) => node(held(part, parts[n + 1])))}
      {caret && <span class="caret" aria-hidden="true" />}
    </>
  );
});

/** `part` such that no line begins with the marker behind it. */
function held(part: Inline, next: Inline | undefined): Inline {
  if (typeof part !== "string" || typeof next !== "object" || next.type !== "cite") return part;
  return part.replace(/ +$/, "\u00a0");
}

function node(part: Inline): ComponentChildren {
  if (typeof part === "string") return part;
  switch (part.type) {
    case "em":
      return <em>{part.children.map(node)}</em>;
    case "strong":
      return <strong>{part.children.map(node)}</strong>;
    case "del":
      return <del>{part.children.map(node)}</del>;
    case "code":
      return (
        <code dir="ltr" class="code-inline">
          {part.text}
        </code>
      );
    case "break":
      return <br />;
    case "link":
      return (
        <Link href={part.href} title={part.title}>
          {part.children.map(node)}
        </Link>
      );
    case "image":
      return <Picture src={part.src} alt={part.alt} title={part.title} />;
    case "math":
      return <Formula text={part.text} display={part.display} />;
    case "cite":
      return <Cite number={part.number} />;
    case "note":
      return <sup>{part.label}</sup>;
  }
}

interface LinkProps {
  href: string;
  title?: string;
  /** What it leads to, where that is a source of the answer. */
  source?: Source;
  children: ComponentChildren;
}

/** A link that the element opens; a modified click stays the browser's. */
export function Link({ href, title, source, children }: LinkProps) {
  const { openLink, words } = useEnv();
  const found = target(href);
  if (!found) return <span>{children}</span>;
  const click = (event: MouseEvent) => {
    if (found.href && isBrowsers(event)) return;
    event.preventDefault();
    openLink(found.url, source);
  };
  if (!found.href) {
    return (
      <button type="button" class="link" title={title} onClick={click}>
        {children}
      </button>
    );
  }
  const away = found.away ? { target: "_blank", rel: "noopener noreferrer" } : {};
  return (
    <a href={found.href} title={title} onClick={click} {...away}>
      {children}
      {found.away && <span class="unseen"> ({words.opensNewTab})</span>}
    </a>
  );
}

function Picture({ src, alt, title }: { src: string; alt: string; title?: string }) {
  const { assets, chat } = useEnv();
  const { origin } = new URL(assets, document.baseURI);
  if (mayShow(src, chat.state.thread?.allowed_image_domains, [origin])) {
    return (
      <img src={src} alt={alt} title={title} loading="lazy" decoding="async" referrerpolicy="no-referrer" />
    );
  }
  return (
    <Link href={src} title={title}>
      {alt || src}
    </Link>
  );
}
