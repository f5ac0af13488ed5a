/** Every item and widget on one page, to be looked at; `?theme=dark`, `?dir=rtl`, `?only=widgets` change what is seen. */

import { h, render } from "preact";
import { sheet } from "../src/element/sheet";
import { properties } from "../src/element/theme";
import { Item, NoticeBox, ProblemBox, Progress } from "../src/items/Item";
import { en } from "../src/locale/en";
import { type Chat, type ChatState, EMPTY } from "../src/thread/state";
import { type Env, EnvContext } from "../src/ui/env";
import { glyphs } from "../src/ui/glyphs";
import { Icon } from "../src/ui/Icon";
import { Store } from "../src/ui/store";
import { items, widgets } from "./samples";

const asked = new URLSearchParams(location.search);
const dark = asked.get("theme") === "dark";
const dir = asked.get("dir") === "rtl" ? "rtl" : "ltr";
const only = asked.get("only");

class Pretended extends Store<ChatState> {
  rate = async ([id]: string[], kind: "positive" | "negative") =>
    this.patch({ feedback: new Map([...this.state.feedback, [id!, kind]]) });
  act = (action: object) =>
    new Promise<void>((done, fail) =>
      setTimeout(
        () => (JSON.stringify(action).includes("later") ? fail(new Error("The server said no.")) : done()),
        1500,
      ),
    );
  reply = async (itemId: string) => {
    const answered = this.state.items.map((item) =>
      item.id === itemId ? { ...item, status: "answered" } : item,
    );
    this.patch({ items: answered as ChatState["items"] });
  };
  retry = async () => {};
  dismissProblem = () => this.patch({ problem: null });
  dismissNotice = () => {};
}

const chat = new Pretended({ ...EMPTY, items, growing: new Set(["w2"]) }) as unknown as Chat;
const env: Env = {
  chat,
  words: en,
  locale: dir === "rtl" ? "ur" : "en",
  assets: new URL("./", location.href).href,
  dark,
  openLink: (url) => console.log("open", url),
  announce: (text) => console.log("say", text),
  entityClick: () => {},
  widgetAction: async () => {},
};

function Gallery() {
  const notice = {
    level: "warning",
    title: "Nearly there",
    message: "Three questions are left today.",
  } as const;
  return (
    <EnvContext.Provider value={env}>
      <section class="chat" dir={dir}>
        <div class="thread">
          <div class="thread-items">
            {only !== "widgets" && (
              <>
                <p>
                  {Object.keys(glyphs).map((name) => (
                    <Icon key={name} name={name} />
                  ))}
                </p>
                {items.map((item) => (
                  <Item
                    key={item.id}
                    item={item}
                    last={item.id === "a1"}
                    actions={{ feedback: true, retry: true }}
                  />
                ))}
                <Progress text="Searching the book…" icon="book-open" />
                <NoticeBox notice={notice} onDismiss={() => {}} />
                <NoticeBox
                  notice={{ level: "info", message: "A new edition is out." }}
                  onDismiss={() => {}}
                />
                <ProblemBox
                  problem={{
                    message: "The answer could not be finished.",
                    retry: "answer",
                    wait: 12,
                    request: "req_8f3a",
                  }}
                />
              </>
            )}
            {only !== "items" &&
              Object.entries(widgets).map(([name, widget]) => (
                <Item
                  key={name}
                  item={{
                    id: name,
                    thread_id: "t",
                    created_at: "",
                    type: "widget",
                    widget,
                    copy_text: "A copy",
                  }}
                />
              ))}
          </div>
        </div>
      </section>
    </EnvContext.Provider>
  );
}

const host = document.createElement("div");
document.querySelector("main")?.append(host);
const root = host.attachShadow({ mode: "open" });
root.adoptedStyleSheets = [sheet()];
for (const [name, value] of Object.entries(properties(dark ? "dark" : "light")))
  host.style.setProperty(name, value);
host.toggleAttribute("data-dark", dark);
render(h(Gallery, {}), root);
