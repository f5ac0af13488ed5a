/** An item of a conversation, whatever it is. */

import { Component, type RenderableProps } from "preact";
import type { ThreadItem } from "../protocol/types";
import { useEnv } from "../ui/env";
import { memo } from "../ui/memo";
import { OnDemand } from "../widgets/OnDemand";
import { WidgetView } from "../widgets/WidgetView";
import { AssistantMessage } from "./AssistantMessage";
import { ClientToolCall, GeneratedImage } from "./GeneratedImage";
import { UserMessage } from "./UserMessage";
import { TaskView, WorkflowView } from "./Workflow";

export { NoticeBox, ProblemBox, Progress } from "./Status";

export interface AnswerActions {
  feedback?: boolean;
  retry?: boolean;
}

interface Props {
  item: ThreadItem;
  /** Whether it is the last answer, whose actions are always in sight. */
  last?: boolean;
  actions?: AnswerActions;
}

/** `item` as the reader sees it; nothing for kinds that nobody knows. */
export function Item({ item, last = false, actions = {} }: Props) {
  return (
    <Contained item={item}>
      <Shown item={item} last={last} feedback={!!actions.feedback} retry={!!actions.retry} />
    </Contained>
  );
}

/** What cannot be drawn, because a server left out what its kind has, takes nothing else of the conversation with it. */
class Contained extends Component<{ item: ThreadItem }, { broken?: ThreadItem }> {
  override componentDidCatch(error: unknown) {
    globalThis.reportError?.(error);
    this.setState({ broken: this.props.item });
  }
  render({ item, children }: RenderableProps<{ item: ThreadItem }>) {
    return this.state.broken === item ? <Undrawn /> : children;
  }
}

function Undrawn() {
  return <p class="failed">{useEnv().words.failed}</p>;
}

// Answers stream a change in each frame, and everything above them stays as it is.
const Shown = memo(function Shown({
  item,
  last,
  ...actions
}: AnswerActions & { item: ThreadItem; last: boolean }) {
  switch (item.type) {
    case "user_message":
      return <UserMessage content={item.content} attachments={item.attachments} quote={item.quoted_text} />;
    case "assistant_message":
      return <AssistantMessage item={item} last={last} actions={actions} />;
    case "workflow":
      return <WorkflowView item={item} />;
    case "task":
      return <TaskView task={item.task} />;
    case "structured_input":
      return <OnDemand of="StructuredInput" given={{ item }} />;
    case "generated_image":
      return <GeneratedImage item={item} />;
    case "client_tool_call":
      return <ClientToolCall item={item} />;
    case "widget":
      return <WidgetView widget={item.widget} item={item} />;
    default:
      return null;
  }
});
