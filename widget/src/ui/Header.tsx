import type { HeaderIcon } from "@openai/chatkit";
import { useEnv } from "./env";
import { IconButton } from "./IconButton";
import type { Shell } from "./shell";
import { useStore } from "./store";

export function Header({ shell }: { shell: Shell }) {
  const { chat, words } = useEnv();
  const { options, history } = useStore(shell);
  const { thread, threadId, items } = useStore(chat);
  const { header } = options;
  const title = header?.title?.text ?? thread?.title ?? (options.pageside ? options.frameTitle : "");
  const shown = history ? words.history : header?.title?.enabled === false ? "" : title;
  const own = (action: { icon: HeaderIcon; onClick: () => void } | undefined) =>
    action && (
      <IconButton
        icon={action.icon}
        label={action.icon.replace(/-/g, " ")}
        onClick={() => action.onClick()}
      />
    );
  // The button that was pressed is gone then: the focus goes where the reader wants to be.
  const show = (open: boolean, event?: MouseEvent) => {
    const root = (event?.currentTarget as Element | undefined)?.getRootNode() as ShadowRoot | undefined;
    shell.setHistory(open);
    requestAnimationFrame(() =>
      open ? root?.querySelector<HTMLElement>(".search input")?.focus() : shell.focus(),
    );
  };
  return (
    <header class="header">
      {own(header?.leftAction)}
      {history && <IconButton icon="back-large" label={words.back} onClick={() => show(false)} />}
      {shown ? (
        <h2 class="header-title" title={shown}>
          <bdi>{shown}</bdi>
        </h2>
      ) : (
        <span class="header-title" />
      )}
      {options.history?.enabled !== false && !history && (
        <IconButton icon="history" label={words.history} onClick={(event) => show(true, event)} />
      )}
      {(threadId || items.length > 0) && (
        <IconButton
          icon="compose"
          label={words.newChat}
          onClick={() => {
            chat.open(null);
            show(false);
          }}
        />
      )}
      {own(header?.rightAction)}
      {options.pageside?.buttons?.map((button) => (
        <IconButton
          key={button.icon}
          icon={button.icon}
          label={button.label}
          aria-pressed={button.pressed}
          onClick={() => button.onClick()}
        />
      ))}
    </header>
  );
}
