/** `<pageside-assistant>`: the button in the corner, the panel it opens, and the button beside selected text. */

import type { ChatKitElement } from "../element/element";
import type { HeaderButton } from "../element/options";
import { sheet as tokens } from "../element/sheet";
import { declarations } from "../element/theme";
import { assets } from "../element/where";
import { chosen, ENGLISH, type Locale, locale } from "../locale/locales";
import { Place } from "../protocol/place";
import page from "../styles/page.css";
import { glyph } from "./glyph";
import { launcher } from "./launcher";
import { type Selected, selected } from "./selection";
import { type Setup, setup } from "./setup";
import { content, isDark, watch } from "./site";
import { Travel } from "./travel";

const SMALL = "(max-width: 640px), (max-height: 480px)"; // where page.css lets the panel cover the page

/** How the panel stood on the page before. */
const OPEN = new Place<boolean | null>(() => sessionStorage, "pageside:open", null);
const WIDE = new Place<boolean | null>(() => sessionStorage, "pageside:wide", null);

type GetToken = (() => Promise<string>) | null | undefined;

export class Assistant extends HTMLElement {
  #root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
  #launcher = launcher(this.#root);
  #panel = document.createElement("dialog");
  #ask = document.createElement("button");
  #locale: Locale = ENGLISH;
  #chat: ChatKitElement | null = null;
  #setup: Promise<Setup> | null = null;
  #getToken: GetToken = null;
  #selected: Selected | null = null;
  #quoted: Selected | null = null;
  #from: Element | null = null;
  #ended = new AbortController();
  #travel = new Travel(
    () => this.scope,
    () => this.#makeRoom(),
  );

  /** The part of the page that is the book. */
  get scope(): Element {
    return content(this.getAttribute("selector"));
  }

  get getToken(): GetToken {
    return this.#getToken;
  }

  /** Another function in place of one means another reader. */
  set getToken(getToken: GetToken) {
    const before = this.#getToken;
    this.#getToken = getToken;
    if (before && before !== getToken && this.isConnected) this.signOut();
    // What was tried without a token is tried again with one.
    else if (getToken && !before && this.#chat) this.#mount().then((chat) => chat.fetchUpdates());
  }

  get isOpen(): boolean {
    return this.#panel.open;
  }

  async connectedCallback(): Promise<void> {
    this.#ended = new AbortController();
    const { getToken } = this;
    // What was set before this script came hides the accessor.
    Reflect.deleteProperty(this, "getToken");
    this.getToken = getToken;
    const { signal } = this.#ended;
    const own = new CSSStyleSheet();
    own.replaceSync(`${page}:host([dark]){${declarations("dark")}}`);
    this.#root.adoptedStyleSheets = [tokens(), own];
    this.#panel.className = "panel";
    this.#ask.className = "ask-selection";
    this.#ask.type = "button";
    this.#ask.hidden = true;
    this.#root.append(this.#panel, this.#ask);
    const unwatch = watch(() => this.#follow());
    signal.addEventListener("abort", unwatch);
    this.#listen(signal);
    await this.#follow();
    if (OPEN.read() || (this.hasAttribute("open") && !matchMedia(SMALL).matches)) this.open({ focus: false });
    this.#travel.arrive();
    this.dispatchEvent(new CustomEvent("pageside:ready", { bubbles: true }));
  }

  disconnectedCallback(): void {
    this.#ended.abort();
  }

  /** Opens the panel, with a text to ask about where one is given. */
  async open({ focus = true, about }: { focus?: boolean; about?: Selected } = {}): Promise<void> {
    if (!this.#panel.open) {
      this.#from = document.activeElement;
      if (matchMedia(SMALL).matches) this.#panel.showModal();
      else this.#panel.open = true; // `show()` would take the focus from the page, also when nobody asked
      this.#launcher.setAttribute("aria-expanded", "true");
      OPEN.write(true);
    }
    const chat = await this.#mount();
    if (about) {
      this.#quoted = about;
      chat.style.visibility = "hidden"; // nothing is asked before what it is about is there
      await chat
        .setComposerValue({ reply: about.text })
        .finally(() => chat.style.removeProperty("visibility"));
      getSelection()?.removeAllRanges();
      this.#notice(null);
    }
    if (focus) await chat.focusComposer();
  }

  close(): void {
    if (!this.#panel.open) return;
    this.#shut();
    if (this.getAttribute("position") !== "none") this.#launcher.focus();
    else if (this.#from instanceof HTMLElement) this.#from.focus();
  }

  #shut(): void {
    this.#panel.close();
    this.#launcher.setAttribute("aria-expanded", "false");
    OPEN.write(null);
  }

  toggle(): void {
    if (this.#panel.open) this.close();
    else this.open({ about: this.#selected ?? undefined });
  }

  /** Opens the panel and asks `question`. */
  async ask(question: string, { selection }: { selection?: string } = {}): Promise<void> {
    await this.open({ focus: false });
    await this.#chat?.sendUserMessage({ text: question, reply: selection });
  }

  /** Forgets the reader: their session, and what the browser keeps of them, here and in the other tabs. */
  async signOut(): Promise<void> {
    this.#quoted = null;
    await (await this.#mount()).signOut();
  }

  #listen(signal: AbortSignal): void {
    this.#launcher.addEventListener("click", () => this.toggle(), { signal });
    this.#launcher.addEventListener("pointerenter", () => this.#mount(), { signal, once: true });
    this.#panel.addEventListener(
      "cancel",
      (event) => {
        event.preventDefault(); // so that focus goes back and the page remembers
        this.close();
      },
      { signal },
    );
    this.addEventListener(
      "keydown",
      (event) => {
        if (event.key === "Escape" && !event.defaultPrevented) this.close();
      },
      { signal },
    );
    document.addEventListener(
      "keydown",
      (event) => {
        if (event.key === "Escape") this.#notice(null);
        if (
          !(event.ctrlKey || event.metaKey) ||
          event.shiftKey ||
          event.altKey ||
          event.key.toLowerCase() !== "i"
        )
          return;
        const field = event.composedPath()[0] as HTMLElement;
        if (event.target !== this && (/^(INPUT|TEXTAREA)$/.test(field.tagName) || field.isContentEditable))
          return; // there it means italics
        event.preventDefault();
        this.toggle();
      },
      { signal },
    );
    let soon: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
      clearTimeout(soon);
      soon = setTimeout(() => this.#notice(selected(this.scope)), 120);
    };
    document.addEventListener("selectionchange", look, { signal });
    look(); // a selection may be why this script was fetched
    addEventListener("scroll", () => this.#ask.hidden || this.#place(), {
      signal,
      passive: true,
      capture: true,
    });
    addEventListener("resize", () => this.#ask.hidden || this.#place(), { signal });
    this.#ask.addEventListener("pointerdown", (event) => event.preventDefault(), { signal }); // keeps the selection
    this.#ask.addEventListener("click", () => this.#selected && this.open({ about: this.#selected }), {
      signal,
    });
    document.addEventListener("pageside:navigated", () => this.#travel.arrive(), { signal });
    addEventListener("hashchange", () => this.#travel.arrive(), { signal });
    addEventListener("pageshow", ({ persisted }) => persisted && this.#comeBack(), { signal });
    for (const change of ["resize", "scroll"])
      window.visualViewport?.addEventListener(change, () => this.#fit(), { signal });
  }

  /** "Back" brings a page as it was left; what was opened and said since is shown on it as on a page that is loaded. */
  #comeBack(): void {
    this.#chat?.remove();
    this.#chat = null;
    if (OPEN.read()) this.open({ focus: false });
    else if (this.#panel.open) this.#shut();
  }

  /** Phones draw their keyboard over the page, so where the panel covers the page it ends where the keyboard begins. */
  #fit(): void {
    const { height, offsetTop, scale } = visualViewport!;
    const covers = matchMedia(SMALL).matches && scale === 1;
    Object.assign(this.#panel.style, {
      height: covers ? `${height}px` : "",
      top: covers ? `${offsetTop}px` : "",
    });
  }

  /** Shows the button beside `found`, or takes it away. */
  #notice(found: Selected | null): void {
    this.#selected = found;
    this.#ask.hidden = !found;
    if (found) this.#place();
  }

  #place(): void {
    const found = this.#selected && selected(this.scope);
    if (!found) return;
    const { width, height } = this.#ask.getBoundingClientRect();
    const x = Math.min(innerWidth - width - 8, Math.max(8, found.place.right - width / 2));
    const below = found.place.bottom + 8;
    const y = below + height > innerHeight ? found.place.top - height - 8 : below;
    const seen = found.place.bottom > 0 && found.place.top < innerHeight;
    this.#ask.style.visibility = seen ? "" : "hidden";
    this.#ask.style.left = `${x}px`;
    this.#ask.style.top = `${Math.max(8, y)}px`;
  }

  /** Takes over the theme and the language of the page. */
  async #follow(): Promise<void> {
    const theme = this.getAttribute("theme");
    const dark = theme === "dark" || (theme !== "light" && isDark(this.scope));
    this.toggleAttribute("dark", dark);
    const wanted = chosen(this.getAttribute("locale") || document.documentElement.lang || undefined);
    this.#locale = await locale(wanted, assets());
    const { words, dir } = this.#locale;
    const name = this.getAttribute("label") || words.open;
    this.#launcher.setAttribute("aria-label", name);
    this.#launcher.title = `${name} (${/Mac|iP/.test(navigator.platform) ? "⌘" : "Ctrl+"}I)`;
    this.#panel.setAttribute("aria-label", this.getAttribute("title") || words.assistantName);
    this.#panel.lang = this.#locale.tag;
    this.#ask.replaceChildren(glyph("sparkle"), words.askSelection);
    this.#ask.lang = this.#locale.tag;
    this.#ask.dir = dir;
    if (this.#chat) await this.#configure(this.#chat);
  }

  async #mount(): Promise<ChatKitElement> {
    if (!this.#chat) {
      const chat = document.createElement("pageside-chat") as ChatKitElement;
      this.#chat = chat;
      this.#panel.classList.toggle("wide", WIDE.read() !== null);
      this.#panel.append(chat);
    }
    await this.#configure(this.#chat);
    return this.#chat;
  }

  async #configure(chat: ChatKitElement): Promise<void> {
    this.#setup ??= setup(this, {
      scope: () => this.scope,
      quoted: () => this.#quoted,
      selected: () => this.#selected ?? this.#quoted,
      navigate: (url, quote) => this.#travel.go(url, quote),
    });
    const made = await this.#setup;
    if (made.failed) this.#setup = null; // asked again when the panel is opened again
    const { words, tag } = this.#locale;
    const buttons = [{ icon: "close" as const, label: words.close, onClick: () => this.close() }];
    chat.setOptions(
      made.options({
        dark: this.hasAttribute("dark"),
        locale: tag,
        words,
        buttons: matchMedia(SMALL).matches ? buttons : [this.#widening(chat), ...buttons],
      }),
    );
  }

  /** The button that makes the panel wider, or narrow again. */
  #widening(chat: ChatKitElement): HeaderButton {
    const { words } = this.#locale;
    const wide = this.#panel.classList.contains("wide");
    return {
      icon: wide ? "collapse-large" : "expand-large",
      label: wide ? words.shrink : words.expand,
      onClick: () => {
        WIDE.write(this.#panel.classList.toggle("wide") || null);
        this.#configure(chat);
      },
    };
  }

  /** On a small screen the panel covers the page, so it goes when something on the page is to be seen. */
  #makeRoom(): void {
    if (matchMedia(SMALL).matches) this.close();
  }
}
