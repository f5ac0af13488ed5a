/** Icons by name: those of the interface at once, every other name of the protocol and of Lucide on demand. */

import type { IconNode } from "lucide";
import { h } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import { EnvContext } from "./env";
import { glyphs, MIRRORED } from "./glyphs";
import { load } from "./load";

interface Props {
  name: string;
  /** Edge in px; without it 1.25 em. */
  size?: number;
  /** Makes the icon an image with this name; without it, it is decoration. */
  label?: string;
  class?: string;
}

interface Glyphs {
  find(name: string): IconNode | undefined;
}

/** What was fetched, by name; null where nobody knows the name. */
const fetched = new Map<string, IconNode | null>();

/** The icon `name` as an SVG in the colour of the text around it; nothing where the name is unknown. */
export function Icon({ name, size, label, class: extra = "" }: Props) {
  const glyph = useGlyph(name);
  if (glyph === null) return null;
  return (
    <svg
      class={`icon${extra && ` ${extra}`}${MIRRORED.test(name) ? " mirrored" : ""}`}
      width={size ?? "1.25em"}
      height={size ?? "1.25em"}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="2"
      stroke-linecap="round"
      stroke-linejoin="round"
      role={label ? "img" : undefined}
      aria-label={label}
      aria-hidden={!label}
    >
      {glyph?.map(([tag, attributes], index) => h(tag, { key: index, ...attributes }))}
    </svg>
  );
}

/** The drawing of `name`: undefined while it is on its way, null where there is none. */
function useGlyph(name: string): IconNode | null | undefined {
  const assets = useContext(EnvContext)?.assets;
  const plain = name.replace(/^lucide:/, "");
  const valid = /^[a-z][a-z0-9-]*$/.test(plain);
  const known = Object.hasOwn(glyphs, plain) ? glyphs[plain] : valid ? fetched.get(name) : null;
  const [, drawn] = useState(0);
  useEffect(() => {
    if (known !== undefined || !assets) return;
    let current = true;
    find(assets, name, plain).then(
      (glyph) => {
        fetched.set(name, glyph ?? null);
        if (current) drawn((count) => count + 1);
      },
      () => {}, // It stays an empty box; the next icon of this name tries again.
    );
    return () => {
      current = false;
    };
  }, [name, plain, known, assets]);
  return known;
}

async function find(assets: string, name: string, plain: string): Promise<IconNode | undefined> {
  const named = (await load<Glyphs>(assets, "icons")).find(plain);
  if (named || plain === name) return named;
  const { default: letter } = await load<{ default: Record<string, IconNode> }>(assets, `lucide-${plain[0]}`);
  const key = plain.replaceAll("-", "");
  return Object.hasOwn(letter, key) ? letter[key] : undefined;
}
