/** Components that hold others: roots, boxes, forms, lists. */

import type { ComponentChildren } from "preact";
import { useContext, useEffect, useId, useRef, useState } from "preact/hooks";
import { properties } from "../element/theme";
import { isRecord } from "../protocol/errors";
import { useEnv } from "../ui/env";
import { Icon } from "../ui/Icon";
import { actionOf } from "./actions";
import { ProblemContext, useWidget, WidgetContext } from "./context";
import { CHECKED, type Flaw } from "./fields";
import { Inside, Node } from "./Node";
import type { Component } from "./tree";
import { box, color, count, defined, imageUrl, oneOf, size, space, spacing, text } from "./values";

interface Props {
  node: Component;
}

const DARK: Record<string, string> = properties("dark");
/** Without them, the style sheet's own values hold, which are those of the light theme. */
const LIGHT = Object.fromEntries(Object.keys(DARK).map((name) => [name, "initial"]));

/** What is in `children` in the theme that `node` asks for, whatever the theme around it is. */
function Themed({ node, children }: Props & { children: ComponentChildren }) {
  const scope = useWidget();
  const theme = oneOf(node.theme, ["light", "dark"], scope.dark ? "dark" : "light");
  if ((theme === "dark") === scope.dark) return <>{children}</>;
  return (
    <WidgetContext.Provider value={{ ...scope, dark: theme === "dark" }}>
      <div class={`forced ${theme}`} style={theme === "dark" ? DARK : LIGHT}>
        {children}
      </div>
    </WidgetContext.Provider>
  );
}

export function Basic({ node }: Props) {
  return (
    <Themed node={node}>
      <Flex node={node} direction={oneOf(node.direction, ["row", "col"], "col")} class="basic" />
    </Themed>
  );
}

const DIRECTIONS = { row: "across", col: "down" } as const;

function Flex({ node, direction, class: name = "" }: Props & { direction: "row" | "col"; class?: string }) {
  const { dark } = useWidget();
  return (
    <div class={`flex ${DIRECTIONS[direction]} ${name}`} style={box(node, dark)}>
      <Inside node={node} />
    </div>
  );
}

export function Box({ node }: Props) {
  return <Flex node={node} direction={oneOf(node.direction, ["row", "col"], "col")} />;
}

export function Row({ node }: Props) {
  return <Flex node={node} direction="row" />;
}

export function Col({ node }: Props) {
  return <Flex node={node} direction="col" />;
}

export function FormBox({ node }: Props) {
  const { dark } = useWidget();
  const direction = oneOf(node.direction, ["row", "col"], "col");
  return (
    <FormScope
      node={node}
      action={node.onSubmitAction}
      auto="self"
      class={`flex ${DIRECTIONS[direction]}`}
      style={box(node, dark)}
    >
      <Inside node={node} />
    </FormScope>
  );
}

interface FormProps extends Props {
  action: unknown;
  auto: "self" | "container";
  class: string;
  style?: Record<string, string | number>;
  children: ComponentChildren;
}

/** A form: sent with Enter or a submit button, kept back while a field is not as it should be. */
function FormScope({ node, action, auto, class: name, style, children }: FormProps) {
  const { run } = useWidget();
  const { words } = useEnv();
  const form = useRef<HTMLFormElement>(null);
  const [problems, setProblems] = useState<Record<string, string>>({});
  useEffect(() => {
    const show = (event: Event) => {
      if (event.target !== form.current) return;
      const flaws = Object.entries((event as CustomEvent<Record<string, Flaw>>).detail);
      setProblems(
        Object.fromEntries(
          flaws.map(([at, flaw]) => [at, flaw === "missing" ? words.required : words.wrongPattern]),
        ),
      );
    };
    const element = form.current;
    element?.addEventListener(CHECKED, show);
    return () => element?.removeEventListener(CHECKED, show);
  }, [words]);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    event.stopPropagation(); // a form in a form is the inner one's affair
    run(action, { node, element: form.current, auto, checked: true });
  };
  return (
    <ProblemContext.Provider value={problems}>
      <form ref={form} class={name} style={style} onSubmit={submit} data-form="" noValidate>
        {children}
      </form>
    </ProblemContext.Provider>
  );
}

export function Card({ node }: Props) {
  return (
    <Themed node={node}>
      <CardBody node={node} />
    </Themed>
  );
}

function CardBody({ node }: Props) {
  const { dark } = useWidget();
  const { words } = useEnv();
  const id = useId();
  const [open, setOpen] = useState(false);
  const folded = node.collapsed === true && !open;
  const style = defined({
    ...box({ ...node, padding: undefined }, dark),
    background: color(node.background, "background", dark),
  });
  const confirm = isRecord(node.confirm) ? node.confirm : null;
  const cancel = isRecord(node.cancel) ? node.cancel : null;
  const body = (
    <>
      <div class="flex down body" id={id} style={spacing("padding", node.padding)} hidden={folded}>
        <Inside node={node} />
      </div>
      {(confirm || cancel) && !node.collapsed && (
        <div class="footer">
          {cancel && <CardButton node={node} said={cancel} variant="ghost" />}
          {confirm && <CardButton node={node} said={confirm} variant="solid" submit={node.asForm === true} />}
        </div>
      )}
    </>
  );
  return (
    <section class={`card ${oneOf(node.size, ["sm", "md", "lg", "full"], "md")}`} style={style}>
      <Status status={node.status} />
      {node.collapsed === true && (
        <button
          type="button"
          class="more"
          aria-expanded={open}
          aria-controls={id}
          onClick={() => setOpen(!open)}
        >
          {open ? words.showLess : words.showMore}
          <Icon name="chevron-down" size={16} class="turns" />
        </button>
      )}
      {node.asForm === true ? (
        <FormScope node={node} action={confirm?.action} auto="container" class="flex down">
          {body}
        </FormScope>
      ) : (
        body
      )}
    </section>
  );
}

interface CardButtonProps extends Props {
  said: Record<string, unknown>;
  variant: "solid" | "ghost";
  submit?: boolean;
}

function CardButton({ node, said, variant, submit }: CardButtonProps) {
  const { run, may } = useWidget();
  const press = (event: MouseEvent) =>
    run(said.action, { node, element: event.currentTarget as Element, auto: "container" });
  return (
    <button
      type={submit ? "submit" : "button"}
      class={`press ${variant} size-lg ${variant === "solid" ? "primary" : "secondary"}`}
      aria-disabled={!may(said.action)}
      onClick={submit ? undefined : press}
    >
      {text(said.label)}
    </button>
  );
}

function Status({ status }: { status: unknown }) {
  if (!isRecord(status) || !text(status.text)) return null;
  const favicon = imageUrl(status.favicon);
  return (
    <p class="status">
      {favicon ? (
        <img class={status.frame ? "framed" : ""} src={favicon} alt="" referrerpolicy="no-referrer" />
      ) : (
        typeof status.icon === "string" && <Icon name={status.icon} size={16} />
      )}
      <span dir="auto">{text(status.text)}</span>
    </p>
  );
}

const AUTO_LIMIT = 5;

export function ListView({ node }: Props) {
  const { words } = useEnv();
  const [all, setAll] = useState(false);
  const list = useRef<HTMLUListElement>(null);
  const limit = node.limit === "auto" ? AUTO_LIMIT : (count(node.limit, 1, 1000) ?? Number.POSITIVE_INFINITY);
  const shown = all ? node.children : node.children.slice(0, limit);
  const more = () => {
    setAll(true);
    // The button goes; the first row that it brought is where the reader goes on.
    queueMicrotask(() =>
      requestAnimationFrame(() =>
        list.current?.children[shown.length]?.querySelector<HTMLElement>("button, input")?.focus(),
      ),
    );
  };
  return (
    <Themed node={node}>
      <section class="card list">
        <Status status={node.status} />
        {/* biome-ignore lint/a11y/noRedundantRoles: a list without bullets is none to some readers */}
        <ul role="list" ref={list}>
          {shown.map((child) => (
            <Node key={child.key} node={child} />
          ))}
        </ul>
        {shown.length < node.children.length && (
          <button type="button" class="more" onClick={more}>
            {words.showMore}
            <Icon name="chevron-down" size={16} />
          </button>
        )}
      </section>
    </Themed>
  );
}

export function ListViewItem({ node }: Props) {
  const { run, may, busy, id } = useWidget();
  const own = `${id}-${useId()}`;
  const style = box({ gap: node.gap, align: node.align }, false);
  const active = actionOf(node.onClickAction) !== null;
  const press = (event: MouseEvent) =>
    run(node.onClickAction, { node, element: event.currentTarget as Element, auto: "self" });
  const pressBeside = (event: MouseEvent) => {
    if (!(event.target as Element).closest("a, button, input, select, textarea, label, summary"))
      press(event);
  };
  // The button lies behind the row instead of around it, because a row may have buttons of its own.
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the button in the row is there for the keyboard
    <li
      class={`entry${active ? " active" : ""}${busy === node ? " busy" : ""}`}
      data-row={node.key}
      onClick={active ? pressBeside : undefined}
    >
      {active && (
        <button
          type="button"
          class="cover"
          aria-labelledby={own}
          aria-disabled={!may(node.onClickAction)}
          onClick={press}
        />
      )}
      <div class="flex across content" id={own} style={style}>
        <Inside node={node} />
      </div>
    </li>
  );
}

export function Spacer({ node }: Props) {
  return (
    <div class="spacer" style={defined({ minWidth: space(node.minSize), minHeight: space(node.minSize) })} />
  );
}

export function Divider({ node }: Props) {
  const { dark } = useWidget();
  const style = defined({
    borderBlockStartWidth: size(node.size),
    borderColor: color(node.color, "border", dark),
    marginBlock: space(node.spacing),
  });
  return <hr class={node.flush === true ? "flush" : ""} style={style} />;
}

/** What is in it comes in softly whenever it is another component. */
export function Transition({ node }: Props) {
  const child = node.children[0];
  return child ? (
    <div class="transition" key={`${child.type} ${child.key} ${child.id ?? ""}`}>
      <Node node={child} />
    </div>
  ) : null;
}

/** The message at the field `name`; nothing where it is as it should be. */
export function useProblem(name: string): string | undefined {
  const problems = useContext(ProblemContext);
  return Object.hasOwn(problems, name) ? problems[name] : undefined;
}
