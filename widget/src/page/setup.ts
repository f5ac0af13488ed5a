/** What the server offers and what the page is, as options of the chat. */

import type { Entity } from "@openai/chatkit";
import type { HeaderButton, Options } from "../element/options";
import { origin } from "../element/where";
import type { Strings } from "../locale/strings";
import type { Credentials } from "../protocol/client";
import { ServerSession } from "../protocol/session";
import type { Selected } from "./selection";
import { pageContext } from "./site";

/** What `GET /chatkit/config` answers. */
interface Offer {
  title?: string;
  greeting?: string;
  disclaimer?: string;
  prompts?: { label: string; prompt: string; icon?: string }[];
  composer?: {
    max_chars?: number;
    attachments?: { accept: Record<string, string[]>; max_size: number; max_count: number } | null;
    dictation?: boolean;
    models?: { id: string; label: string; description?: string; default?: boolean }[];
  };
  modes?: boolean;
}

/** What the page says of its reader, as properties of the element. */
interface Host extends HTMLElement {
  getToken?: (() => Promise<string>) | null;
  userInfo?: unknown;
  filters?: unknown;
}

interface Page {
  scope(): Element;
  /** What the message is about. */
  quoted(): Selected | null;
  /** What is selected now, or was when the reader began to ask. */
  selected(): Selected | null;
  navigate(url: string, quote?: string): boolean;
}

/** How the chat looks and speaks at the moment. */
interface View {
  dark: boolean;
  locale: string;
  words: Strings;
  buttons: HeaderButton[];
}

export interface Setup {
  failed: boolean;
  options(view: View): Options;
}

const PATIENCE_MS = 5000;
/** One for each element, however often the server is asked what it offers. */
const sessions = new WeakMap<Host, ServerSession>();

/** Asks the server what it offers; where it cannot be reached the chat opens all the same, and says so when it is used. */
export async function setup(host: Host, page: Page): Promise<Setup> {
  const server = origin();
  const foreign = new URL(server).origin !== location.origin;
  const session =
    sessions.get(host) ??
    new ServerSession(server, {
      get getToken() {
        return host.getToken;
      },
    });
  sessions.set(host, session);
  const credentials = (): Credentials | undefined => (foreign || host.getToken ? session : undefined);
  const asked = (path: string, secret?: string) =>
    fetch(`${server}${path}`, {
      headers: secret ? { Authorization: `Bearer ${secret}` } : {},
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  const authorized = async (path: string) => {
    const bearer = credentials();
    const secret = await bearer?.get();
    let answer = await asked(path, secret);
    if (answer.status === 401 && bearer) answer = await asked(path, await bearer.renew(secret ?? null));
    return answer.ok ? answer.json() : null;
  };
  let offer: Offer = {};
  let failed = false;
  try {
    const answer = await asked("/chatkit/config");
    if (answer.ok) offer = await answer.json();
    else failed = true;
  } catch {
    failed = true;
  }
  const url = `${server}/chatkit`;
  const own = (name: string) => host.getAttribute(name) ?? undefined;
  const about = (info: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(info).filter(([, value]) => value));

  const tools: Record<string, () => Record<string, unknown> | null> = {
    get_selection: () => {
      const found = page.selected();
      return found && { text: found.text, surroundings: found.before + found.text + found.after };
    },
    get_page: () => ({ ...pageContext(page.scope()) }),
  };

  return {
    failed,
    options: ({ dark, locale, words, buttons }) => ({
      api: { url, domainKey: "pageside" },
      locale: locale as Options["locale"],
      theme: { colorScheme: dark ? "dark" : "light" },
      frameTitle: own("title") ?? words.assistantName,
      header: { title: { enabled: true } },
      history: { enabled: true },
      startScreen: {
        greeting: own("greeting") ?? offer.greeting ?? words.greetingBook,
        prompts:
          prompts(own("starters")) ?? (offer.prompts as NonNullable<Options["startScreen"]>["prompts"]),
      },
      disclaimer: { text: own("disclaimer") ?? offer.disclaimer ?? words.disclaimer },
      thread: { autoScroll: true },
      threadItemActions: { feedback: true, retry: true },
      composer: {
        placeholder: words.placeholderBook,
        attachments: offer.composer?.attachments
          ? {
              enabled: true,
              accept: offer.composer.attachments.accept,
              maxSize: offer.composer.attachments.max_size,
              maxCount: offer.composer.attachments.max_count,
            }
          : undefined,
        models: offer.composer?.models?.length ? offer.composer.models : undefined,
        dictation: { enabled: offer.composer?.dictation === true },
      },
      commands: { enabled: true },
      entities: {
        showComposerMenu: true,
        onTagSearch: async (query) =>
          (await authorized(`/chatkit/entities?limit=8&query=${encodeURIComponent(query)}`))?.entities ?? [],
        onRequestPreview: async (entity) =>
          (await authorized(`/chatkit/entities/${encodeURIComponent(entity.id)}/preview`)) ?? {
            preview: null,
          },
        onClick: (entity: Entity) => {
          if (entity.data?.url) page.navigate(new URL(entity.data.url, location.href).href);
        },
      },
      onClientTool: async ({ name }) => (tools[name]?.() ?? null) as unknown as Record<string, unknown>,
      pageside: {
        book: own("book") ?? "",
        credentials: credentials(),
        modes: offer.modes !== false,
        maxChars: offer.composer?.max_chars,
        buttons,
        navigate: page.navigate,
        context: () => {
          const quoted = page.quoted();
          return about({
            pageContext: pageContext(page.scope()),
            clientTools: Object.keys(tools),
            userInfo: host.userInfo,
            filters: host.filters,
            selectionContext: quoted && { before: quoted.before, after: quoted.after },
          });
        },
      },
    }),
  };
}

/** Starter questions as the page gives them, one a line; undefined where it gives none. */
function prompts(text: string | undefined): { label: string; prompt: string }[] | undefined {
  const lines = text?.split(/\n|\|/).flatMap((line) => line.trim() || []);
  return lines?.length ? lines.map((line) => ({ label: line, prompt: line })) : undefined;
}
