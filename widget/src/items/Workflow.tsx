/** What the assistant does on the way to its answer, step by step. */

import { useId, useState } from "preact/hooks";
import type { Strings } from "../locale/strings";
import { fill } from "../locale/strings";
import type { Task, URLSource, Workflow, WorkflowItem } from "../protocol/types";
import { Markdown } from "../text/Markdown";
import { useEnv } from "../ui/env";
import { Icon } from "../ui/Icon";
import { useSlice } from "./slice";

/** A workflow: one line that says how far it is, and its tasks behind it. */
export function WorkflowView({ item }: { item: WorkflowItem }) {
  const { words } = useEnv();
  const { workflow } = item;
  const id = useId();
  const growing = useSlice((state) => state.growing.has(item.id));
  const [chosen, setChosen] = useState<boolean | null>(null);
  const open = chosen ?? workflow.expanded ?? false;
  const running = growing && !workflow.summary;
  const title = running ? runningTitle(workflow, words) : doneTitle(workflow, words);
  const icon = workflow.summary && "icon" in workflow.summary ? workflow.summary.icon : undefined;
  const line = (
    <>
      {running ? <Icon name="loader" class="spin" /> : <Icon name={icon || "sparkles"} />}
      <span class={running ? "shimmer" : ""} dir="auto">
        {title}
      </span>
    </>
  );
  return (
    <article class="item workflow" aria-label={words.steps} aria-busy={running}>
      {workflow.tasks.length ? (
        <button
          type="button"
          class="summary"
          aria-expanded={open}
          aria-controls={id}
          onClick={() => setChosen(!open)}
        >
          {line}
          <Icon name="chevron-down" class="turns" size={16} />
        </button>
      ) : (
        <p class="summary">{line}</p>
      )}
      <ol class="tasks" id={id} hidden={!open}>
        {open &&
          workflow.tasks.map((task, index) => (
            <li key={index} class={`task ${task.status_indicator ?? "none"}`}>
              <TaskLine task={task} running={running} />
            </li>
          ))}
      </ol>
    </article>
  );
}

/** A task on its own. */
export function TaskView({ task }: { task: Task }) {
  return (
    <article class="item task">
      <TaskLine task={task} running={false} />
    </article>
  );
}

function runningTitle(workflow: Workflow, words: Strings): string {
  const current =
    workflow.tasks.findLast((task) => task.status_indicator === "loading") ?? workflow.tasks.at(-1);
  return (current && taskTitle(current, words)) || words.working;
}

function doneTitle({ summary, type }: Workflow, words: Strings): string {
  if (!summary) return type === "reasoning" ? words.thought : words.steps;
  return "duration" in summary ? fill(words.thoughtFor, { seconds: summary.duration }) : summary.title;
}

function taskTitle(task: Task, words: Strings): string {
  if (task.title) return task.title;
  switch (task.type) {
    case "web_search":
      return task.title_query ? `${words.searchedBook} “${task.title_query}”` : words.searchedBook;
    case "thought":
      return words.thought;
    case "image":
      return words.makingPicture;
    case "file":
      return words.sources;
    default:
      return "";
  }
}

const ICONS = {
  web_search: "book-open",
  thought: "sparkles",
  file: "file-text",
  image: "image",
  custom: "",
} as const;

function TaskLine({ task, running }: { task: Task; running: boolean }) {
  const { words } = useEnv();
  const title = taskTitle(task, words);
  const icon = task.type === "custom" ? task.icon : ICONS[task.type];
  const busy = running && task.status_indicator === "loading";
  return (
    <>
      <span class="mark">{busy ? <Icon name="loader" class="spin" /> : icon && <Icon name={icon} />}</span>
      <div class="body">
        {title && (
          <p class="title" dir="auto">
            {title}
            {task.status_indicator === "complete" && <Icon name="check" size={14} label={words.stepDone} />}
          </p>
        )}
        <TaskBody task={task} />
      </div>
    </>
  );
}

function TaskBody({ task }: { task: Task }) {
  switch (task.type) {
    case "web_search":
      return (
        <>
          {task.queries.length > 0 && (
            <ul class="chips">
              {task.queries.map((query) => (
                <li key={query} class="chip" dir="auto">
                  <Icon name="search" size={14} />
                  {query}
                </li>
              ))}
            </ul>
          )}
          <ul class="places">
            {task.sources.map((source, index) => (
              <li key={index}>
                <SourceLink source={source} />
              </li>
            ))}
          </ul>
        </>
      );
    case "file":
      return (
        <ul class="chips">
          {task.sources.map((source, index) => (
            <li key={index} class="chip" dir="auto" title={source.filename}>
              <Icon name="file-text" size={14} />
              {source.title || source.filename}
            </li>
          ))}
        </ul>
      );
    case "thought":
      return <Markdown text={task.content} />;
    case "custom":
      return task.content ? <Markdown text={task.content} /> : null;
    default:
      return null;
  }
}

function SourceLink({ source }: { source: URLSource }) {
  const { openLink } = useEnv();
  const where = place(source.url);
  if (!where) return <span dir="auto">{source.title}</span>;
  const open = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    openLink(source.url, source);
  };
  return (
    <a href={source.url} rel="noopener noreferrer" dir="auto" onClick={open}>
      <span class="named">{source.title || where}</span>
      <span class="where" dir="ltr">
        {where}
      </span>
    </a>
  );
}

/** Host and path of a web address, of this site the path alone; nothing for other kinds of address. */
function place(address: string): string {
  try {
    const url = new URL(address, document.baseURI);
    if (!/^https?:$/.test(url.protocol)) return "";
    const path = decodeURI(url.pathname);
    if (url.origin === location.origin) return path;
    return url.host.replace(/^www\./, "") + path.replace(/\/$/, "");
  } catch {
    return "";
  }
}
