/** The whole of the element's inside: header, conversation or history, composer, disclaimer. */

import { Markdown } from "../text/Markdown";
import { Composer } from "./Composer";
import { type Env, EnvContext } from "./env";
import { Header } from "./Header";
import { History } from "./History";
import { StartScreen } from "./StartScreen";
import type { Shell } from "./shell";
import { useStore } from "./store";
import { ThreadView } from "./ThreadView";

export function App({ shell, env, dir }: { shell: Shell; env: Env; dir: "ltr" | "rtl" }) {
  const { options, history } = useStore(shell);
  const chat = useStore(env.chat);
  const silent = !chat.items.length && !chat.pending && !chat.problem && !chat.notices.length;
  const fresh = !chat.threadId && silent && chat.phase === "ready";
  const disclaimer = options.disclaimer;
  return (
    <EnvContext.Provider value={env}>
      <section class="chat" dir={dir} lang={env.locale} aria-label={options.frameTitle || env.words.chat}>
        {options.header?.enabled !== false && <Header shell={shell} />}
        {history ? (
          <History shell={shell} />
        ) : (
          <>
            {fresh ? <StartScreen shell={shell} /> : <ThreadView shell={shell} />}
            <Composer shell={shell} />
            {disclaimer?.text && (
              <div class={disclaimer.highContrast ? "disclaimer strong" : "disclaimer"}>
                <Markdown text={disclaimer.text} />
              </div>
            )}
          </>
        )}
      </section>
    </EnvContext.Provider>
  );
}
