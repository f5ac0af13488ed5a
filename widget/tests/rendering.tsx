/** What tests of items and widgets share: a conversation that keeps what it was asked, and rendering into a document. */

import { type ComponentChild, h, render } from "preact";
import { act } from "preact/test-utils";
import { en } from "../src/locale/en";
import { type Chat, type ChatState, EMPTY } from "../src/thread/state";
import { type Env, EnvContext } from "../src/ui/env";
import { Store } from "../src/ui/store";

/** A conversation without a server: every call is kept by name, and answered by `answers`. */
export function pretended(
  state: Partial<ChatState> = {},
  answers: Record<string, () => Promise<unknown>> = {},
) {
  const calls: [name: string, ...args: unknown[]][] = [];
  const store = new Store<ChatState>({ ...EMPTY, ...state });
  const chat = new Proxy(store as unknown as Chat, {
    get(target, name: string) {
      if (name in store) {
        const value = Reflect.get(target, name);
        return typeof value === "function" ? value.bind(store) : value;
      }
      return (...args: unknown[]) => {
        calls.push([name, ...args]);
        return answers[name]?.() ?? Promise.resolve();
      };
    },
  });
  return { chat, calls, store };
}

/** An environment around `chat`; `said` keeps what was announced, `opened` which links were followed. */
export function environment(chat: Chat = pretended().chat, change: Partial<Env> = {}) {
  const said: string[] = [];
  const opened: string[] = [];
  const env: Env = {
    chat,
    words: en,
    locale: "en",
    assets: "https://server.example/-/widget/",
    dark: false,
    openLink: (url) => opened.push(url),
    announce: (text) => said.push(text),
    ...change,
  };
  return { env, said, opened };
}

/** Renders `child` into a new element of the document, or again into `root`. */
export function show(child: ComponentChild, env: Env = environment().env, root?: HTMLElement): HTMLElement {
  const into = root ?? document.body.appendChild(document.createElement("div"));
  act(() => render(h(EnvContext.Provider, { value: env, children: child }), into));
  return into;
}

/** Does `what` to the page, and lets everything that follows from it happen. */
export async function doing(what: () => unknown): Promise<void> {
  await act(async () => {
    await what();
    await new Promise((done) => setTimeout(done, 0));
  });
}

/** The element that `selector` finds under `root`; throws where there is none. */
export function at<T extends Element = HTMLElement>(root: ParentNode, selector: string): T {
  const found = root.querySelector<T>(selector);
  if (!found) throw new Error(`Nothing matches ${selector}`);
  return found;
}

/** The button that says `label`, or is called so. */
export function button(root: ParentNode, label: string): HTMLButtonElement {
  const all = [...root.querySelectorAll("button")];
  const found = all.find((each) => each.textContent?.trim() === label || each.ariaLabel === label);
  if (!found)
    throw new Error(`No button is called ${label}; there are: ${all.map((each) => each.textContent)}`);
  return found;
}

/** Writes `value` into a field as a reader would. */
export function write(
  field: HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement,
  value: string,
): void {
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
}
