// The plain ask-and-stream box: one conversation with POST /chatkit, kept for the tab.
"use strict";

const talk = document.getElementById("talk");
const form = document.getElementById("ask");
if (form) begin();

function begin() {
  const field = document.getElementById("question");
  const send = document.getElementById("send");
  const stop = document.getElementById("stop");
  const anew = document.getElementById("anew");
  const selected = document.getElementById("selected");
  const page = document.getElementById("content");
  let quote = "";
  let running = null;

  const thread = () => sessionStorage.getItem("pageside.thread");
  anew.hidden = !thread();
  if (thread()) restore(thread());

  document.addEventListener("selectionchange", () => {
    const selection = document.getSelection();
    if (!selection || !selection.rangeCount || !page.contains(selection.anchorNode)) return;
    const text = selection.toString().trim();
    if (text) choose(text.slice(0, 4000));
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  stop.addEventListener("click", () => running && running.abort());
  selected.addEventListener("click", () => choose(""));
  anew.addEventListener("click", () => {
    sessionStorage.removeItem("pageside.thread");
    talk.replaceChildren();
    anew.hidden = true;
    field.focus();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const question = field.value.trim();
    if (question && !running) ask(question);
  });

  function choose(text) {
    quote = text;
    selected.hidden = !text;
    selected.textContent = text ? "About “" + (text.length > 80 ? text.slice(0, 80) + "…" : text) + "” (click to drop)" : "";
  }

  async function ask(question) {
    const answer = new AnswerView(question);
    running = new AbortController();
    send.disabled = true;
    stop.hidden = false;
    try {
      const response = await post(request(question), running.signal);
      if (!response.ok) throw new Error(await explanation(response));
      field.value = "";
      choose("");
      for await (const event of frames(response.body)) {
        if (event.type === "thread.created") sessionStorage.setItem("pageside.thread", event.thread.id);
        answer.take(event);
      }
      answer.finish();
    } catch (error) {
      if (error.name === "AbortError") answer.stopped();
      else answer.failed(error.message || "The server cannot be reached. Your question is still in the box.");
    } finally {
      running = null;
      send.disabled = false;
      stop.hidden = true;
      anew.hidden = !thread();
      field.focus();
    }
  }

  function request(question) {
    const input = {
      content: [{ type: "input_text", text: question }],
      attachments: [],
      inference_options: quote ? { tool_choice: { id: "selected-text" } } : {},
    };
    if (quote) input.quoted_text = quote;
    const metadata = {
      pageContext: { url: location.href.split("#")[0], title: page.dataset.title, path: page.dataset.path },
    };
    return thread()
      ? { type: "threads.add_user_message", params: { thread_id: thread(), input }, metadata }
      : { type: "threads.create", params: { input }, metadata };
  }

  async function restore(id) {
    const items = [];
    let after;
    do {
      const response = await post({ type: "items.list", params: { thread_id: id, order: "asc", limit: 100, after } });
      if (!response.ok) {
        sessionStorage.removeItem("pageside.thread");
        return;
      }
      const part = await response.json();
      items.push(...part.data);
      after = part.has_more ? part.after : undefined;
    } while (after);
    let answer = null;
    for (const item of items) {
      if (item.type === "user_message") answer = new AnswerView(item.content.map((part) => part.text).join(""));
      else if (answer && item.type === "assistant_message") answer.take({ type: "thread.item.done", item });
      if (answer) answer.finish();
    }
  }
}

function post(body, signal) {
  return fetch("/chatkit", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    signal,
  });
}

async function explanation(response) {
  try {
    const problem = await response.json();
    return problem.detail || problem.title || "The server denied the question.";
  } catch {
    return "The server answered " + response.status + ". Please try again.";
  }
}

// Server-sent events, whatever way the bytes are split.
async function* frames(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    rest += value;
    let end;
    while ((end = rest.indexOf("\n\n")) >= 0) {
      const frame = rest.slice(0, end);
      rest = rest.slice(end + 2);
      const lines = frame.split("\n").filter((line) => line.startsWith("data:"));
      if (lines.length) yield JSON.parse(lines.map((line) => line.slice(5).trimStart()).join("\n"));
    }
  }
}

// One question and what comes back, as elements; text is only ever set as text.
class AnswerView {
  constructor(question) {
    const asked = element("div", "asked", question);
    this.state = element("div", "state", "Searching the book…");
    this.body = element("div", "answered");
    talk.append(asked, this.state, this.body);
    this.text = "";
    this.sources = [];
    asked.scrollIntoView({ block: "nearest" });
  }

  take(event) {
    if (event.type === "progress_update") this.state.textContent = event.text;
    else if (event.type === "error") this.failed(event.message || "The answer could not be finished. Please ask again.");
    else if (event.type === "notice") talk.append(element("div", "state", event.message));
    else if (event.type === "thread.item.updated") this.update(event.update);
    else if (event.type === "thread.item.done") this.done(event.item);
  }

  update(update) {
    if (update.type === "assistant_message.content_part.text_delta") {
      this.text += update.delta;
      this.state.textContent = "";
    } else if (update.type === "assistant_message.content_part.annotation_added") {
      this.sources.push(update.annotation);
    } else if (update.type === "workflow.task.added" || update.type === "workflow.task.updated") {
      if (update.task.title) this.state.textContent = update.task.title;
      return;
    } else return;
    this.show();
  }

  done(item) {
    if (item.type !== "assistant_message") return;
    this.text = item.content.map((part) => part.text).join("\n");
    this.sources = item.content.flatMap((part) => part.annotations || []);
    this.show();
  }

  show() {
    const linked = new Map();
    const points = Array.from(this.text); // an annotation's place counts code points, JavaScript's own counts do not
    for (const { source, index } of this.sources) {
      const marker = /\[(\d+)\]$/.exec(points.slice(0, index).join(""));
      if (marker && safe(source.url)) linked.set(marker[1], linked.get(marker[1]) || source);
    }
    this.body.replaceChildren(...this.text.split(MARKS).map((part) => shown(part, linked)));
    if (linked.size) this.body.append(this.list(linked));
  }

  list(linked) {
    const list = element("ol", "sources");
    for (const [number, source] of [...linked].sort((a, b) => a[0] - b[0])) {
      const row = element("li");
      row.value = Number(number);
      const within = source.group && source.group !== source.title ? source.group + " › " : "";
      row.append(link(source, within + source.title));
      if (source.description) row.append(document.createElement("br"), element("q", "", source.description));
      list.append(row);
    }
    return list;
  }

  finish() {
    if (!this.wrong) this.state.remove();
    this.body.scrollIntoView({ block: "nearest" });
  }

  stopped() {
    this.state.textContent = "Stopped. What was said is kept.";
  }

  failed(message) {
    this.wrong = true;
    this.state.className = "state wrong";
    this.state.textContent = message;
  }
}

// What is more than plain text in an answer: a block of code, a piece of it, a marker, a link to a page of this book.
const MARKS = /(```[\s\S]*?(?:```|$)|`[^`\n]+`|\[\d+\](?!\()|\[(?:\\.|[^\]\\])+\]\(\/(?!\/)[^)\s]*\))/;

function shown(part, linked) {
  if (part.startsWith("```")) return element("pre", "", part.replace(/^```.*\n?|\n?```$/g, ""));
  if (/^`.+`$/.test(part)) return element("code", "", part.slice(1, -1));
  const source = /^\[\d+\]$/.test(part) && linked.get(part.slice(1, -1));
  if (source) return link(source, part);
  const page = /^\[(.+)\]\((\/[^)]*)\)$/.exec(part);
  if (!page) return document.createTextNode(part);
  const anchor = element("a", "", page[1].replace(/\\(.)/g, "$1"));
  anchor.href = page[2];
  return anchor;
}

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

function safe(url) {
  return /^https?:\/\//.test(url || "");
}

function link(source, text) {
  const anchor = element("a", "", text);
  anchor.href = source.url;
  anchor.title = source.description || source.title;
  return anchor;
}
