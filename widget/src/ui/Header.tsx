import type { HeaderIcon } from "@openai/chatkit";
import { useEnv } from "./env";
import { Icon } from "./Icon";
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
      <HeaderButton icon={action.icon} label={action.icon.replace(/-/g, " ")} onClick={action.onClick} />
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
      {history && <HeaderButton icon="back-large" label={words.back} onClick={() => show(false)} />}
      {shown ? (
        <h2 class="header-title" dir="auto" title={shown}>
          {shown}
        </h2>
      ) : (
        <span class="header-title" />
      )}
      {options.history?.enabled !== false && !history && (
        <HeaderButton icon="history" label={words.history} onClick={(event) => show(true, event)} />
      )}
      {(threadId || items.length > 0) && (
        <HeaderButton
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
        <HeaderButton key={button.icon} {...button} />
      ))}
    </header>
  );
}

function HeaderButton(props: {
  icon: string;
  label: string;
  onClick: (event: MouseEvent) => void;
  pressed?: boolean;
}) {
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={props.label}
      aria-pressed={props.pressed}
      title={props.label}
      onClick={props.onClick}
    >
      <Icon name={props.icon} />
    </button>
  );
}
