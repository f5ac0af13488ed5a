/** What the tests of this folder share: an environment without a server, and rendering into a document. */

import { h, render } from "preact";
import { act } from "preact/test-utils";
import { en } from "../locale/en";
import { type Chat, type ChatState, EMPTY } from "../thread/state";
import { type Env, EnvContext } from "../ui/env";
import { Markdown, type MarkdownProps } from "./Markdown";

/** An environment in which nothing can be fetched; `opened` and `announced` keep what was asked of it. */
export function environment(change: Partial<Env> & { state?: Partial<ChatState> } = {}) {
  const opened: string[] = [];
  const announced: string[] = [];
  const { state, ...rest } = change;
  const env: Env = {
    chat: { state: { ...EMPTY, ...state }, subscribe: () => () => {} } as unknown as Chat,
    words: en,
    locale: "en",
    assets: "https://server.example/-/widget/",
    dark: false,
    openLink: (url) => opened.push(url),
    announce: (text) => announced.push(text),
    ...rest,
  };
  return { env, opened, announced };
}

/** Renders Markdown into a new element of the document, or into `into`. */
export function show(props: MarkdownProps, env = environment().env, into?: HTMLElement): HTMLElement {
  const root = into ?? document.body.appendChild(document.createElement("div"));
  act(() => render(h(EnvContext.Provider, { value: env, children: h(Markdown, props) }), root));
  return root;
}

/** The words a reader sees: without the labels of code, and what only screen readers get. */
export function words(root: HTMLElement): string {
  const copy = root.cloneNode(true) as HTMLElement;
  for (const each of copy.querySelectorAll("figcaption, .unseen, .caret")) each.remove();
  for (const each of copy.querySelectorAll("p, li, td, th, h3, h4, h5, h6, pre, br")) each.after(" ");
  return (copy.textContent ?? "").replace(/\s+/g, " ").trim();
}
