/** Where the reader writes: words, places, files, what they selected, which tool and model. */

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { fill } from "../locale/strings";
import type { InputTag } from "../protocol/types";
import { useDictation } from "./dictating";
import { useEnv } from "./env";
import { filter, folders, refusal } from "./files";
import { Icon } from "./Icon";
import { IconButton } from "./IconButton";
import { Menu } from "./Menu";
import { Picks, Quote } from "./Picks";
import { SuggestionList } from "./SuggestionList";
import type { Shell } from "./shell";
import { useStore } from "./store";
import { type Asked, ordered, type Suggestion, useSuggestions } from "./suggesting";

const COUNTED_FROM = 0.8;

export function Composer({ shell }: { shell: Shell }) {
  const { chat, words, locale, announce } = useEnv();
  const { options, draft } = useStore(shell);
  const state = useStore(chat);
  const field = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const { entities, commands } = options;
  const composer = options.composer ?? {};
  const rules = composer.attachments?.enabled ? composer.attachments : undefined;
  const busy = state.phase !== "ready" && state.phase !== "loading";
  const ended = state.thread?.status && state.thread.status.type !== "active";
  const most = options.pageside?.maxChars;

  shell.focus = () => field.current?.focus();
  useGrowing(field, draft.text);

  const pick = () => picker.current?.click();
  const builtin = useMemo(() => actions(shell, words, rules ? pick : undefined), [options, words]);
  const suggestions = useSuggestions(options, builtin);
  const listed = suggestions.found !== null && suggestions.asked !== null;

  const add = (text: string) => {
    const gap = draft.text && !/\s$/.test(draft.text) ? " " : "";
    shell.write({ text: shell.draft.text + gap + text });
    field.current?.focus();
  };
  const dictation = useDictation(chat, add, (problem) =>
    announce(problem instanceof Error ? problem.message : words.noMicrophone),
  );

  /** Puts `text` where the word that asked for suggestions stands. */
  const replace = ({ start, end }: Asked, text: string, tag?: InputTag) => {
    const { text: before, tags } = shell.draft;
    shell.write({
      text: before.slice(0, start) + text + before.slice(end),
      tags: tag ? [...tags.filter((one) => one.id !== tag.id), tag] : tags,
    });
    suggestions.close();
    const caret = start + text.length;
    requestAnimationFrame(() => field.current?.setSelectionRange(caret, caret));
  };
  const mention = (at: Asked, entity: NonNullable<Suggestion["entity"]>) => {
    const { id, title, group, interactive, data = {} } = entity;
    replace(at, `@${title} `, { type: "input_tag", id, text: title, group, interactive, data });
  };
  const choose = async (one: Suggestion | undefined) => {
    const now = suggestions.asked;
    if (!one || !now) return;
    field.current?.focus();
    if (one.entity) return mention(now, one.entity);
    replace(now, "");
    if (!one.command) return builtin.find((action) => action.id === one.id)?.run();
    const next = await commands?.onSelect?.(one.command);
    const here = { ...now, query: "", end: now.start };
    if (next?.type === "entity") mention(here, next.entity);
    else if (next?.type === "menu") suggestions.show(next.commands.map(ordered), here);
  };

  const attach = (files: Iterable<File>, unread: readonly string[] = []) => {
    if (!rules) return;
    shell.attach(files, (file, count) =>
      unread.includes(file.name)
        ? fill(words.wrongType, { name: file.name })
        : refusal(file, count, rules, words, locale),
    );
  };
  const send = () => {
    if (busy || ended || !shell.sendable) return;
    suggestions.close();
    shell.send();
    field.current?.focus();
  };
  const keys = (event: KeyboardEvent) => {
    if (event.isComposing || event.keyCode === 229) return; // an input method is still choosing characters
    const { key } = event;
    if (listed && key === "Escape") {
      suggestions.close(); // closes the list, not the panel around it
      event.preventDefault();
      event.stopPropagation();
    } else if (listed && suggestions.found?.length) {
      if (key === "ArrowDown" || key === "ArrowUp") suggestions.move(key === "ArrowDown" ? 1 : -1);
      else if (key === "Enter" || key === "Tab") choose(suggestions.found[suggestions.at]);
      else return;
      event.preventDefault();
      event.stopPropagation();
    } else if (key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      send();
    }
  };

  const label = composer.placeholder || words.placeholder;
  return (
    <form
      class={over ? "composer over" : "composer"}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      onDragOver={(event) => {
        if (!rules || !event.dataTransfer?.types.includes("Files")) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        setOver(false);
        if (!rules || !event.dataTransfer?.files.length) return;
        event.preventDefault();
        attach(event.dataTransfer.files, folders(event.dataTransfer));
      }}
    >
      {over && <p class="drop">{words.dropFiles}</p>}
      {!state.online && (
        <p class="offline" role="status">
          <Icon name="wifi-off" />
          {words.offline}
        </p>
      )}
      {listed && (
        <SuggestionList
          found={suggestions.found!}
          at={suggestions.at}
          kind={suggestions.asked!.kind}
          onChoose={choose}
        />
      )}
      <div class="composer-box">
        <Quote shell={shell} />
        <Picks shell={shell} />
        <textarea
          ref={field}
          rows={1}
          dir={draft.text ? "auto" : undefined} // the placeholder is the interface's, so it runs as that does
          value={draft.text}
          disabled={!!ended}
          placeholder={shell.tool?.placeholderOverride || label}
          aria-label={label}
          aria-autocomplete={entities?.onTagSearch || commands?.enabled ? "list" : undefined}
          aria-controls={listed ? "suggestions" : undefined}
          aria-activedescendant={
            listed && suggestions.found?.length ? `suggestion-${suggestions.at}` : undefined
          }
          enterkeyhint="send"
          onInput={(event) => {
            shell.write({ text: event.currentTarget.value });
            suggestions.look(event.currentTarget.value, event.currentTarget.selectionStart);
          }}
          onClick={(event) => suggestions.look(draft.text, event.currentTarget.selectionStart)}
          onBlur={(event) => {
            if (!(event.relatedTarget as Element | null)?.closest?.("#suggestions")) suggestions.close();
          }}
          onKeyDown={keys}
          onPaste={(event) => {
            if (!rules || !event.clipboardData?.files.length) return;
            event.preventDefault();
            attach(event.clipboardData.files);
          }}
        />
        <div class="composer-bar">
          {rules && (
            <>
              <input
                ref={picker}
                type="file"
                multiple
                hidden
                accept={filter(rules.accept)}
                onChange={(event) => {
                  attach([...(event.currentTarget.files ?? [])]);
                  event.currentTarget.value = "";
                }}
              />
              <IconButton icon="paperclip" label={words.attach} onClick={pick} />
            </>
          )}
          {entities?.onTagSearch && entities.showComposerMenu && (
            <IconButton
              icon="at-sign"
              label={words.mention}
              onClick={() => {
                const gap = draft.text && !/\s$/.test(draft.text) ? " " : "";
                const text = `${draft.text}${gap}@`;
                shell.write({ text });
                field.current?.focus();
                suggestions.look(text, text.length);
              }}
            />
          )}
          <Tools shell={shell} />
          <span class="gap" />
          {most && draft.text.length > most * COUNTED_FROM && (
            <span class={draft.text.length > most ? "count over" : "count"} role="status">
              {fill(words.charactersLeft, { count: most - draft.text.length })}
            </span>
          )}
          <Models shell={shell} />
          {composer.dictation?.enabled && (
            <button
              type="button"
              class={`icon-button dictate ${dictation.state}`}
              aria-label={dictation.state === "listening" ? words.stopDictating : words.dictate}
              aria-pressed={dictation.state === "listening"}
              disabled={dictation.state === "writing"}
              onClick={dictation.toggle}
            >
              <Icon name={dictation.state === "writing" ? "loader" : "mic"} />
            </button>
          )}
          {busy && state.canStop ? (
            <button
              type="button"
              class="send stop"
              aria-label={words.stop}
              title={words.stop}
              disabled={state.phase === "stopping"}
              onClick={() => chat.stop()}
            >
              <Icon name="stop" />
            </button>
          ) : (
            <button
              type="submit"
              class="send"
              aria-label={words.send}
              title={words.send}
              disabled={busy || !!ended || !shell.sendable}
            >
              <Icon name="send" />
            </button>
          )}
        </div>
      </div>
    </form>
  );
}

/** Tools: pinned ones and the chosen one as buttons, the others in a menu. */
function Tools({ shell }: { shell: Shell }) {
  const { words } = useEnv();
  const { options, draft } = useStore(shell);
  const tools = options.composer?.tools ?? [];
  const outside = tools.filter((tool) => tool.pinned || tool.id === draft.tool);
  const inside = tools.filter((tool) => !tool.pinned);
  const toggle = (id: string) => shell.write({ tool: draft.tool === id ? null : id });
  return (
    <>
      {inside.length > 0 && (
        <Menu
          label={words.tools}
          choices={inside.map(({ id, label, icon }) => ({ id, label, icon, checked: id === draft.tool }))}
          onChoose={toggle}
        >
          <Icon name="settings-slider" />
        </Menu>
      )}
      {outside.map((tool) => (
        <button
          key={tool.id}
          type="button"
          class="tool"
          aria-pressed={tool.id === draft.tool}
          onClick={() => toggle(tool.id)}
        >
          <Icon name={tool.icon} />
          {tool.shortLabel || tool.label}
        </button>
      ))}
    </>
  );
}

function Models({ shell }: { shell: Shell }) {
  const { words } = useEnv();
  const models = useStore(shell).options.composer?.models ?? [];
  const current = shell.model;
  if (!models.length) return null;
  return (
    <Menu
      label={words.model}
      class="model"
      choices={models.map((one) => ({ ...one, checked: one.id === current?.id }))}
      onChoose={(model) => shell.write({ model })}
    >
      <span>{current?.label}</span>
      <Icon name="chevron-down" />
    </Menu>
  );
}

/** What `/` offers of itself. */
function actions(
  shell: Shell,
  words: Record<string, string>,
  pick?: () => void,
): (Suggestion & { run(): void })[] {
  const { composer } = shell.state.options;
  return [
    ...(pick ? [{ id: "attach", label: words.attach ?? "", icon: "paperclip", run: pick }] : []),
    { id: "new", label: words.newChat ?? "", icon: "compose", run: () => void shell.chat.open(null) },
    ...(composer?.tools ?? []).map(({ id, label, icon }) => ({
      id,
      label,
      icon,
      run: () => shell.write({ tool: id }),
    })),
  ];
}

/** Lets the field grow with what is in it, up to the height that the style sheet allows. */
function useGrowing(field: { current: HTMLTextAreaElement | null }, text: string) {
  const grow = () => {
    const area = field.current;
    if (!area) return;
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight}px`;
  };
  useLayoutEffect(grow, [text]);
  useEffect(() => {
    if (!field.current) return;
    let width = 0;
    const resized = new ResizeObserver(([entry]) => {
      if (entry && entry.contentRect.width !== width) {
        width = entry.contentRect.width;
        grow();
      }
    });
    resized.observe(field.current);
    return () => resized.disconnect();
  }, []);
}
