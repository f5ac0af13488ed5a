/** Earlier conversations: by day, by their words, to be opened, renamed and deleted. */

import { useEffect, useRef, useState } from "preact/hooks";
import { fill } from "../locale/strings";
import type { ThreadRow } from "../thread/state";
import { useEnv } from "./env";
import { Icon } from "./Icon";
import { IconButton } from "./IconButton";
import type { Shell } from "./shell";
import { useStore } from "./store";

const DAY_MS = 86_400_000;

export function History({ shell }: { shell: Shell }) {
  const { chat, words, locale } = useEnv();
  const { options } = useStore(shell);
  const { threadId } = useStore(chat);
  const [query, setQuery] = useState("");
  const [rows, setRows] = useState<ThreadRow[] | null>(null);
  const [after, setAfter] = useState<string | undefined>();
  const [problem, setProblem] = useState("");
  const asked = useRef(0);

  const read = async (from?: string) => {
    const turn = ++asked.current;
    try {
      const page = await chat.threads(from, query.trim() || undefined);
      if (turn !== asked.current) return; // another search has begun meanwhile
      setRows((known) => (from && known ? [...known, ...page.data] : page.data));
      setAfter(page.has_more ? page.after : undefined);
      setProblem("");
    } catch (error) {
      if (turn === asked.current) setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  useEffect(() => {
    const soon = setTimeout(read, query ? 250 : 0);
    return () => clearTimeout(soon);
  }, [query]);

  const change = (id: string, title: string) =>
    setRows((known) => known?.map((row) => (row.id === id ? { ...row, title } : row)) ?? known);
  const list = useRef<HTMLDivElement>(null);
  const drop = (id: string) => {
    const at = rows?.findIndex((row) => row.id === id) ?? 0;
    setRows((known) => known?.filter((row) => row.id !== id) ?? known);
    requestAnimationFrame(() => {
      const left = list.current?.querySelectorAll<HTMLElement>(".row-open") ?? [];
      (left[Math.min(at, left.length - 1)] ?? list.current?.querySelector("input"))?.focus();
    });
  };

  return (
    <div class="history" ref={list}>
      <div class="search" role="search">
        <Icon name="search" />
        <input
          type="search"
          value={query}
          placeholder={words.searchHistory}
          aria-label={words.searchHistory}
          onInput={(event) => setQuery(event.currentTarget.value)}
        />
      </div>
      {problem && (
        <p class="history-note problem" role="alert">
          {problem}{" "}
          <button type="button" class="quiet-button" onClick={() => read()}>
            {words.retry}
          </button>
        </p>
      )}
      {rows?.length === 0 && !problem && (
        <p class="history-note">{query ? fill(words.noneFound, { query }) : words.noHistory}</p>
      )}
      <div class="history-rows">
        {groups(rows ?? [], words, locale).map(([day, some]) => (
          <section key={day} aria-label={day}>
            <h3>{day}</h3>
            <ul>
              {some.map((row) => (
                <Row
                  key={row.id}
                  row={row}
                  current={row.id === threadId}
                  mayRename={options.history?.showRename !== false}
                  mayDelete={options.history?.showDelete !== false}
                  onOpen={() => {
                    shell.setHistory(false);
                    chat.open(row.id);
                    requestAnimationFrame(() => shell.focus()); // which is on the screen then
                  }}
                  onRename={async (title) => {
                    await chat.rename(row.id, title);
                    change(row.id, title);
                  }}
                  onDelete={async () => {
                    await chat.remove(row.id);
                    drop(row.id);
                  }}
                />
              ))}
            </ul>
          </section>
        ))}
        {after && (
          <button type="button" class="quiet-button older" onClick={() => read(after)}>
            {words.showMore}
          </button>
        )}
      </div>
    </div>
  );
}

interface RowProps {
  row: ThreadRow;
  current: boolean;
  mayRename: boolean;
  mayDelete: boolean;
  onOpen(): void;
  onRename(title: string): Promise<void>;
  onDelete(): Promise<void>;
}

function Row({ row, current, mayRename, mayDelete, onOpen, onRename, onDelete }: RowProps) {
  const { words } = useEnv();
  const [doing, setDoing] = useState<"rename" | "delete" | null>(null);
  const [problem, setProblem] = useState("");
  const title = row.title || words.untitled;
  const field = useRef<HTMLInputElement>(null);
  const sure = useRef<HTMLButtonElement>(null);
  const first = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (doing === "rename") field.current?.select();
    if (doing === "delete") sure.current?.focus();
  }, [doing]);
  const done = () => {
    setDoing(null);
    setProblem("");
    requestAnimationFrame(() => first.current?.focus());
  };
  const attempt = async (work: () => Promise<void>) => {
    try {
      await work();
      done();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  const leave = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.preventDefault(); // closes this, not the panel around it
    event.stopPropagation();
    done();
  };
  return (
    <li class={current ? "row current" : "row"} ref={list}>
      {doing === "rename" ? (
        <form
          class="row-form"
          onKeyDown={leave}
          onSubmit={(event) => {
            event.preventDefault();
            const wanted = field.current?.value.trim();
            if (wanted) attempt(() => onRename(wanted));
          }}
        >
          <input
            ref={field}
            class="field"
            dir="auto"
            defaultValue={row.title}
            maxLength={200}
            aria-label={words.rename}
          />
          <button type="submit" class="button primary">
            {words.save}
          </button>
          <button type="button" class="button" onClick={done}>
            {words.cancel}
          </button>
        </form>
      ) : doing === "delete" ? (
        <div class="row-form" role="group" aria-label={words.removeSure} onKeyDown={leave}>
          <span class="row-question">{words.removeSure}</span>
          <button type="button" class="button danger" ref={sure} onClick={() => attempt(onDelete)}>
            {words.remove}
          </button>
          <button type="button" class="button" onClick={done}>
            {words.cancel}
          </button>
        </div>
      ) : (
        <>
          <button
            type="button"
            class="row-open"
            ref={first}
            onClick={onOpen}
            aria-current={current ? "true" : undefined}
          >
            <span class="row-title" dir="auto">
              {title}
            </span>
            {row.extract && (
              <span class="row-extract" dir="auto">
                {row.extract.map((part, index) =>
                  part.match ? <mark key={index}>{part.text}</mark> : part.text,
                )}
              </span>
            )}
          </button>
          {mayRename && (
            <IconButton
              icon="pencil"
              label={`${words.rename}: ${title}`}
              title={words.rename}
              small
              onClick={() => setDoing("rename")}
            />
          )}
          {mayDelete && (
            <IconButton
              icon="trash"
              label={`${words.remove}: ${title}`}
              title={words.remove}
              small
              onClick={() => setDoing("delete")}
            />
          )}
        </>
      )}
      {problem && (
        <p class="row-problem" role="alert">
          {problem}
        </p>
      )}
    </li>
  );
}

/** Rows under the day they were last written in: today, yesterday, this week, then by month. */
export function groups(
  rows: readonly ThreadRow[],
  words: { today: string; yesterday: string; thisWeek: string },
  locale: string,
  now = new Date(),
): [string, ThreadRow[]][] {
  const midnight = new Date(now).setHours(0, 0, 0, 0);
  const month = new Intl.DateTimeFormat(locale, { month: "long", year: "numeric" });
  const found = new Map<string, ThreadRow[]>();
  for (const row of rows) {
    const at = new Date(row.updated_at ?? row.created_at).getTime();
    const day =
      at >= midnight
        ? words.today
        : at >= midnight - DAY_MS
          ? words.yesterday
          : at >= midnight - 6 * DAY_MS
            ? words.thisWeek
            : month.format(at);
    found.set(day, [...(found.get(day) ?? []), row]);
  }
  return [...found];
}
