/** What the reader may mean while they write `@` or `/`: places to mention, commands to run. */

import type { Command, Entity } from "@openai/chatkit";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Options } from "../element/options";

const PATIENCE_MS = 150;
const LONGEST_QUERY = 40;

/** What a word that is being written asks for, and where it stands. */
export interface Asked {
  kind: "mention" | "command";
  query: string;
  start: number;
  end: number;
}

/** What the caret at `at` asks for in `text`; null where it stands in ordinary words. */
export function asked(text: string, at: number): Asked | null {
  const before = text.slice(0, at);
  const command = /^\/(\S*)$/.exec(before);
  if (command) return { kind: "command", query: command[1] ?? "", start: 0, end: at };
  const mention = /(?:^|[\s(])@([^@\n]*)$/u.exec(before);
  if (!mention || (mention[1]?.length ?? 0) > LONGEST_QUERY) return null;
  return { kind: "mention", query: mention[1] ?? "", start: at - (mention[1]?.length ?? 0) - 1, end: at };
}

export interface Suggestion {
  id: string;
  label: string;
  description?: string;
  icon?: string;
  group?: string;
  entity?: Entity;
  command?: Command;
}

export interface Suggestions {
  asked: Asked | null;
  found: readonly Suggestion[] | null;
  at: number;
  move(step: number): void;
  /** Looks what the caret asks for now. */
  look(text: string, at: number): void;
  show(found: Suggestion[], asked: Asked): void;
  close(): void;
}

/**
 * Suggestions for what is being written, asked of the page's `onTagSearch` and `onSearch` a moment after the last key.
 *
 * @param builtin Commands of the composer itself.
 */
export function useSuggestions(options: Options, builtin: readonly Suggestion[]): Suggestions {
  const [wanted, setWanted] = useState<Asked | null>(null);
  const [found, setFound] = useState<readonly Suggestion[] | null>(null);
  const [at, setAt] = useState(0);
  const fixed = useRef(false);
  const search = options.entities?.onTagSearch;
  const commands = options.commands?.enabled ? options.commands : undefined;

  useEffect(() => {
    if (!wanted || fixed.current) return;
    let current = true;
    const soon = setTimeout(async () => {
      const results = await (wanted.kind === "mention" ? mentions : orders)(wanted.query);
      if (!current) return;
      setFound(results.length || !/\s/.test(wanted.query) ? results : null); // words follow, nobody means a place
      setAt(0);
    }, PATIENCE_MS);
    return () => {
      current = false;
      clearTimeout(soon);
    };
  }, [wanted?.kind, wanted?.query]);

  const mentions = async (query: string): Promise<Suggestion[]> =>
    (await given(() => search?.(query))).map((entity) => ({
      id: entity.id,
      label: entity.title,
      icon: entity.icon,
      group: entity.group,
      entity,
    }));
  const orders = async (query: string): Promise<Suggestion[]> => [
    ...builtin.filter((one) => one.label.toLowerCase().includes(query.toLowerCase())),
    ...(await given(() => commands?.onSearch?.(query))).map(ordered),
  ];

  return {
    asked: wanted,
    found,
    at,
    move: (step) => setAt((now) => (found?.length ? (now + step + found.length) % found.length : 0)),
    look(text, caret) {
      const next = asked(text, caret);
      const allowed = next && (next.kind === "mention" ? search : commands) ? next : null;
      fixed.current = false;
      setWanted(allowed);
      if (!allowed) setFound(null);
    },
    show(suggestions, next) {
      fixed.current = true;
      setWanted(next);
      setFound(suggestions);
      setAt(0);
    },
    close() {
      setWanted(null);
      setFound(null);
    },
  };
}

/** What the page gives; nothing where it fails. */
async function given<T>(ask: () => Promise<T[]> | undefined): Promise<T[]> {
  try {
    return (await ask()) ?? [];
  } catch {
    return [];
  }
}

/** A command of the page as a suggestion. */
export function ordered(command: Command): Suggestion {
  return { ...command, command };
}
