/** `<openai-chatkit>`: the public API of OpenAI's element over a conversation and a screen of our own. */

import type {
  Attachment,
  ChatKitEvents,
  ChatKitOptions,
  Entity,
  FontObject,
  UserMessageContent,
} from "@openai/chatkit";
import { h, render } from "preact";
import { ENGLISH, type Locale, locale } from "../locale/locales";
import type { InputTag, WidgetNode } from "../protocol/types";
import { Conversation } from "../thread/conversation";
import type { ChatEvents } from "../thread/state";
import { App } from "../ui/App";
import type { Env } from "../ui/env";
import { complete, Shell, written } from "../ui/shell";
import { announcer } from "./announcing";
import { empty, keepDrafts } from "./drafts";
import { opener } from "./links";
import { checked, type Options } from "./options";
import { sheet } from "./sheet";
import { declarations, isDark } from "./theme";
import { assets, origin } from "./where";

type EventName = keyof ChatKitEvents;

/** As long as the first listener is waited for. */
const LISTENERS_MS = 60;

interface Message {
  text?: string;
  content?: UserMessageContent[];
  reply?: string;
  attachments?: Attachment[];
}

/** A chat with one server, in a shadow root of its own. */
export class ChatKitElement extends HTMLElement {
  #root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
  #options: Options | null = null;
  #chat: Conversation | null = null;
  #shell: Shell | null = null;
  #locale: Locale = ENGLISH;
  #wanted: string | undefined;
  #ready: "no" | "told" | "heard" = "no";
  // Whether somebody waits for it already, as may be where the tag stood on the page before this script.
  #expected = this.isConnected;
  #listensNow = () => {};
  readonly #listens = new Promise<void>((resolve) => {
    this.#listensNow = resolve;
  });
  #stopDrafts = () => {};
  #opened = false;
  #beganNow = () => {};
  /** Resolves when the first thread is shown; methods that came earlier would speak of no thread, or of another. */
  #began = Promise.resolve();
  /** The thread that was open when the element was taken off the page. */
  #left: string | null | undefined;
  #api = "";
  readonly #sheet = new CSSStyleSheet();
  readonly #say = announcer(this.#root);

  connectedCallback(): void {
    this.#root.adoptedStyleSheets = [sheet(), this.#sheet];
    if (this.#options && !this.#chat) this.#begin(this.#options);
    this.#render();
  }

  disconnectedCallback(): void {
    // Moved elements are connected again at once, and go on as they were.
    queueMicrotask(() => {
      if (this.isConnected) return;
      render(null, this.#root);
      if (this.#chat) this.#left = this.#chat.state.threadId;
      this.#end();
    });
  }

  /**
   * Applies `options`, whole: what they leave out has its default again.
   *
   * @throws TypeError naming the option that cannot be used.
   */
  setOptions(options: ChatKitOptions): void {
    this.#options = checked(options as Options);
    this.#sheet.replaceSync(`:host{${declarations(this.#options.theme)}}`);
    this.toggleAttribute("data-dark", isDark(this.#options.theme));
    for (const font of (typeof options.theme === "object" && options.theme?.typography?.fontSources) || [])
      addFont(font);
    if (this.isConnected) {
      if (this.#chat && this.#api !== identity(this.#options)) {
        this.#end();
        this.#left = undefined;
      }
      if (this.#chat) this.#shell?.configure(this.#options);
      else this.#begin(this.#options);
    }
    this.#speak();
  }

  async focusComposer(): Promise<void> {
    await this.#started();
    this.#shell?.setHistory(false);
    requestAnimationFrame(() => this.#shell?.focus());
  }

  async setThreadId(threadId: string | null): Promise<void> {
    const { chat, shell } = await this.#started();
    shell.setHistory(false);
    await chat.open(threadId);
  }

  async sendUserMessage(
    message: Message & { newThread?: boolean; toolChoice?: { id: string }; model?: string },
  ): Promise<void> {
    const { chat, shell } = await this.#started();
    shell.setHistory(false);
    if (message.newThread) await chat.open(null);
    if (chat.state.phase !== "ready" && chat.state.phase !== "loading")
      throw new Error("sendUserMessage: a response is still under way.");
    await chat.send({
      content: message.content
        ? complete(message.content)
        : [{ type: "input_text", text: message.text ?? "" }],
      attachments: message.attachments ?? [],
      quote: message.reply,
      options: { tool_choice: message.toolChoice, model: message.model },
    });
  }

  async setComposerValue(
    value: Message & { files?: File[]; selectedToolId?: string | null; selectedModelId?: string },
  ): Promise<void> {
    const { shell } = await this.#started();
    const { text, tags }: { text?: string; tags?: InputTag[] } = value.content
      ? written(complete(value.content))
      : { text: value.text };
    shell.write({
      ...(text !== undefined ? { text, tags: tags ?? [] } : {}),
      ...(value.reply !== undefined ? { quote: value.reply, scope: "selection" as const } : {}),
      ...(value.selectedToolId !== undefined ? { tool: value.selectedToolId } : {}),
      ...(value.selectedModelId !== undefined ? { model: value.selectedModelId } : {}),
      ...(value.attachments ? { files: value.attachments.map(picked) } : {}),
    });
    if (value.files) shell.attach(value.files, () => null);
  }

  async fetchUpdates(): Promise<void> {
    await (await this.#started()).chat.refresh();
  }

  async sendCustomAction(
    action: { type: string; payload?: Record<string, unknown> },
    itemId?: string,
  ): Promise<void> {
    await (await this.#started()).chat.act(action, itemId);
  }

  /** Forgets the reader: ends the session, drops what the browser keeps, and shows a new thread, in every tab. */
  async signOut(): Promise<void> {
    await (await this.#started()).chat.signedOut();
  }

  async showHistory(): Promise<void> {
    (await this.#started()).shell.setHistory(true);
  }

  async hideHistory(): Promise<void> {
    (await this.#started()).shell.setHistory(false);
  }

  /**
   * `ready` is told once to whoever listens first, however late: frameworks attach their listeners after the options.
   */
  override addEventListener(
    type: string,
    listener: unknown,
    options?: boolean | AddEventListenerOptions,
  ): void {
    super.addEventListener(type, listener as EventListener, options);
    if (type.startsWith("chatkit.")) this.#listensNow();
    this.#expected ||= type === "chatkit.ready";
    if (type !== "chatkit.ready" || this.#ready !== "told") return;
    this.#ready = "heard";
    queueMicrotask(() => this.dispatchEvent(new CustomEvent("chatkit.ready")));
  }

  #begin(options: Options): void {
    this.#api = identity(options);
    const { pageside } = options;
    const api = live(options.api, () => this.#options?.api);
    const server = origin();
    this.#began = new Promise((resolve) => {
      this.#beganNow = resolve;
    });
    this.#chat = new Conversation({
      client: {
        api,
        server,
        ours: !("url" in api) || new URL(api.url, document.baseURI).href.startsWith(`${server}/`),
        locale: () => this.#locale.tag,
        context: () => this.#options?.pageside?.context?.() ?? {},
        credentials: () => this.#options?.pageside?.credentials,
      },
      scope: pageside?.book,
      words: () => this.#locale.words,
      events: this.#events(),
      onClientTool: (call) => this.#options?.onClientTool?.(call),
    });
    const shell = new Shell(options, this.#chat);
    this.#shell = shell;
    shell.onTool = (toolId) => this.#tell("chatkit.tool.change", { toolId });
    shell.onHistory = (open) => this.#tell(open ? "chatkit.history.open" : "chatkit.history.close");
    this.#stopDrafts = keepDrafts(shell, this.#chat);
    this.#speak();
  }

  /** Leaves the conversation and what is written; drafts are kept, files are not. */
  #end(): void {
    this.#stopDrafts();
    if (this.#shell) empty(this.#shell);
    this.#chat?.close();
    this.#chat = this.#shell = null;
    this.#opened = false;
    this.#beganNow();
  }

  /** Renders in the language that is wanted, once its words are there. */
  async #speak(): Promise<void> {
    const wanted = this.#options?.locale;
    if (this.#opened && wanted === this.#wanted) return this.#render();
    this.#wanted = wanted;
    const found = await locale(wanted, assets());
    if (this.#wanted !== wanted) return; // another one was chosen meanwhile
    this.#locale = found;
    this.#render();
    if (this.#opened || !this.#chat) return;
    this.#opened = true;
    // Frameworks attach their listeners some tasks after the options, all at once.
    const chat = this.#chat;
    const begin = () => {
      if (chat !== this.#chat) return; // it was left meanwhile
      if (this.#ready === "no") this.#ready = this.#expected ? "heard" : "told";
      this.dispatchEvent(new CustomEvent("chatkit.ready"));
      const first = this.#left === undefined ? (this.#options?.initialThread ?? null) : this.#left;
      chat.start(first).catch(() => {}); // the conversation shows what went wrong
      this.#beganNow();
    };
    const soon = new Promise((resolve) => setTimeout(resolve, LISTENERS_MS));
    Promise.race([this.#listens, soon]).then(() => setTimeout(begin));
  }

  #render(): void {
    const shell = this.#shell;
    const chat = this.#chat;
    const options = this.#options;
    if (!shell || !chat || !options || !this.isConnected) return;
    const env: Env = {
      chat,
      words: this.#locale.words,
      locale: this.#locale.tag,
      assets: assets(),
      dark: isDark(options.theme),
      openLink: opener(
        (name, data) => this.#tell("chatkit.deeplink", { name, data }),
        (url, quote) => this.#options?.pageside?.navigate?.(url, quote) ?? false,
      ),
      announce: this.#say,
      entityClick: (entity) => this.#options?.entities?.onClick?.(entity),
      entityPreview: async (entity: Entity) => {
        const found = await this.#options?.entities?.onRequestPreview?.(entity);
        return (found?.preview ?? null) as WidgetNode | null;
      },
      widgetAction: (action, widget) =>
        this.#options?.widgets?.onAction?.(action, widget) ?? Promise.resolve(),
    };
    render(h(App, { shell, env, dir: this.#locale.dir }), this.#root);
  }

  #events(): ChatEvents {
    return {
      error: (error) => this.#tell("chatkit.error", { error }),
      effect: (name, data) => this.#tell("chatkit.effect", { name, data }),
      log: (name, data) => this.#tell("chatkit.log", { name, data }),
      responseStart: () => this.#tell("chatkit.response.start"),
      responseEnd: () => this.#tell("chatkit.response.end"),
      threadChange: (threadId) => this.#tell("chatkit.thread.change", { threadId }),
      threadLoadStart: (threadId) => this.#tell("chatkit.thread.load.start", { threadId }),
      threadLoadEnd: (threadId) => this.#tell("chatkit.thread.load.end", { threadId }),
      signedOut: () => this.#shell && empty(this.#shell),
    };
  }

  #tell(name: EventName, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  /** The conversation, once there are options and a place on the page. */
  async #started(): Promise<{ chat: Conversation; shell: Shell }> {
    for (let waited = 0; waited < 100; waited++) {
      const began = this.#began;
      await began;
      if (began === this.#began && this.#chat && this.#shell) return { chat: this.#chat, shell: this.#shell };
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error("Call setOptions first, and put the element on the page.");
  }
}

function picked(attachment: Attachment, index: number) {
  const image = attachment.type === "image";
  return { key: -1 - index, name: attachment.name, image, share: 1, attachment };
}

/** Which server and book `options` mean, and how they are asked; others begin anew. */
function identity({ api, pageside }: Options): string {
  const asked = "url" in api ? [api.url, !!api.fetch, api.uploadStrategy] : [];
  return JSON.stringify([asked, pageside?.book]);
}

/** `api` whose functions are those of the newest options: hosts give new ones to renew what theirs hold. */
function live(api: Options["api"], newest: () => Options["api"] | undefined): Options["api"] {
  if (!("url" in api))
    return { getClientSecret: (secret) => ((newest() ?? api) as typeof api).getClientSecret(secret) };
  if (!api.fetch) return api;
  return {
    ...api,
    fetch: (...request) => ((newest() as typeof api | undefined)?.fetch ?? fetch)(...request),
  };
}

const fonts = new Set<string>();

function addFont(font: FontObject): void {
  const key = JSON.stringify(font);
  if (fonts.has(key)) return;
  fonts.add(key);
  const { family, src, weight, ...more } = font;
  const face = new FontFace(family, `url(${JSON.stringify(src)})`, {
    ...more,
    weight: `${weight ?? "normal"}`,
  });
  face.load().then(
    () => document.fonts.add(face),
    () => fonts.delete(key),
  );
}
