/** A widget: what a server describes as a tree of components, as the reader sees and uses it. */

import { useEffect, useId, useMemo, useRef, useState } from "preact/hooks";
import { useSlice } from "../items/slice";
import { isRecord } from "../protocol/errors";
import type { Action, WidgetItem, WidgetNode } from "../protocol/types";
import { useEnv } from "../ui/env";
import { Icon } from "../ui/Icon";
import { type ActionConfig, actionOf, withFields } from "./actions";
import { useKeptFocus } from "./behaviour";
import { ChartView } from "./ChartView";
import {
  Basic,
  Box,
  Card,
  Col,
  Divider,
  FormBox,
  ListView,
  ListViewItem,
  Row,
  Spacer,
  Transition,
} from "./containers";
import { Badge, Caption, IconView, ImageView, Label, MarkdownView, Title } from "./content";
import { type Drawn, type Origin, WidgetContext, type WidgetScope } from "./context";
import { Button, Checkbox, DatePicker, Input, RadioGroup, Select, Textarea } from "./controls";
import { useDressed } from "./dressing";
import { fieldsAround } from "./fields";
import { Node } from "./Node";
import { TextView } from "./TextView";
import { Table, TableCell, TableRow } from "./tables";
import { components, labelled } from "./tree";
import { text } from "./values";

/** Every component there is, by the name it has on the wire. */
export const DRAWN: Readonly<Record<string, Drawn>> = {
  Badge,
  Basic,
  Box,
  Button,
  Caption,
  Card,
  Chart: ChartView,
  Checkbox,
  Col,
  DatePicker,
  Divider,
  Form: FormBox,
  Icon: IconView,
  Image: ImageView,
  Input,
  Label,
  ListView,
  ListViewItem,
  Markdown: MarkdownView,
  RadioGroup,
  Row,
  Select,
  Spacer,
  Table,
  "Table.Cell": TableCell,
  "Table.Row": TableRow,
  Text: TextView,
  Textarea,
  Title,
  Transition,
};

export interface Props {
  widget: WidgetNode;
  /** The item that the widget belongs to: its actions are that item's. */
  item?: WidgetItem;
}

/** The widget `widget`, with its actions. */
export function WidgetRoot({ widget, item }: Props) {
  const env = useEnv();
  const id = useId();
  const idle = useSlice((state) => state.phase === "ready");
  const [busy, setBusy] = useState<WidgetScope["busy"]>(null);
  const [problem, setProblem] = useState("");
  const running = useRef<Promise<boolean> | null>(null);
  /** What stood on top when an action began; null when what it brought about was told. */
  const before = useRef<string | null>(null);
  const status = isRecord(widget.status) ? text(widget.status.text) : "";
  const box = useDressed<HTMLDivElement>();
  useKeptFocus(box, widget);
  useEffect(() => {
    // What an action brought about is said on top of the widget, and once to those who do not see it.
    if (before.current === null || before.current === status) return;
    before.current = null;
    env.announce(status);
  }, [status]);
  const root = useMemo(() => components(widget), [widget]);
  const names = useMemo(() => labelled(root), [root]);

  const may = (value: unknown) => {
    const action = actionOf(value);
    return !!action && busy === null && (idle || action.handler === "client" || !action.streaming);
  };
  const run = async (value: unknown, { node, element, auto, checked }: Origin) => {
    const config = actionOf(value);
    if (!config || !may(value)) return false;
    const fields = fieldsAround(element, checked ?? false);
    if (!fields) return false;
    const action = withFields(config, fields);
    const loading = config.loading === "auto" ? auto : config.loading;
    // What shows no sign of being under way may be used again meanwhile: it waits for its turn.
    if (running.current && loading !== "none") return false;
    while (running.current) await running.current;
    setProblem("");
    setBusy(loading === "container" ? "container" : loading === "self" ? node : null);
    running.current = carriedOut(action, config);
    const done = await running.current;
    running.current = null;
    setBusy(null);
    return done;
  };
  const carriedOut = async (action: Action, { handler, streaming }: ActionConfig) => {
    try {
      before.current = status;
      if (handler === "server") return await env.chat.act(action, item?.id, streaming);
      await env.widgetAction?.(action, { id: item?.id ?? "", widget: widget as never });
      return true;
    } catch (error) {
      const message = (error instanceof Error && error.message) || env.words.actionFailed;
      setProblem(message);
      env.announce(message);
      return false;
    }
  };
  const scope: WidgetScope = { id, dark: env.dark, labelled: names, drawn: DRAWN, busy, may, run };
  return (
    <WidgetContext.Provider value={scope}>
      <div ref={box} class={busy === "container" ? "widget faded" : "widget"} aria-busy={busy !== null}>
        <Node node={root} />
        {problem && (
          <p class="problem">
            <Icon name="triangle-alert" size={16} />
            <span dir="auto">{problem}</span>
          </p>
        )}
      </div>
    </WidgetContext.Provider>
  );
}
