/**
 * What travels between a ChatKit client and its server, as data.
 *
 * Source: `chatkit/types.py` of openai-chatkit 1.6.5. Fields that are null there are left out on the wire.
 */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export interface Page<T> {
  data: T[];
  has_more: boolean;
  after?: string;
}

export type ThreadStatus =
  | { type: "active" }
  | { type: "locked"; reason?: string }
  | { type: "closed"; reason?: string };

/** A conversation without what was said in it. */
export interface ThreadHead {
  id: string;
  created_at: string;
  title?: string;
  status?: ThreadStatus;
  allowed_image_domains?: string[];
}

export interface Thread extends ThreadHead {
  items: Page<ThreadItem>;
}

interface SourceBase {
  title: string;
  description?: string;
  timestamp?: string;
  group?: string;
}

export interface URLSource extends SourceBase {
  type: "url";
  url: string;
  attribution?: string;
}

export interface FileSource extends SourceBase {
  type: "file";
  filename: string;
}

export interface EntitySource extends SourceBase {
  type: "entity";
  id: string;
  icon?: string;
  label?: string;
  inline_label?: string;
  interactive?: boolean;
  data?: Record<string, unknown>;
}

export type Source = URLSource | FileSource | EntitySource;

/** A source at its place in a text; `index` counts Unicode code points, not UTF-16 units. */
export interface Annotation {
  type: "annotation";
  source: Source;
  index?: number;
}

export interface AssistantContent {
  type: "output_text";
  text: string;
  annotations: Annotation[];
}

export interface InputText {
  type: "input_text";
  text: string;
}

export interface InputTag {
  type: "input_tag";
  id: string;
  text: string;
  data: Record<string, unknown>;
  group?: string;
  interactive?: boolean;
}

export type UserContent = InputText | InputTag;

export interface InferenceOptions {
  model?: string;
  tool_choice?: { id: string };
}

export interface UploadDescriptor {
  url: string;
  method: "POST" | "PUT";
  headers: Record<string, string>;
}

interface AttachmentBase {
  id: string;
  name: string;
  mime_type: string;
  upload_descriptor?: UploadDescriptor;
  thread_id?: string;
}

export type Attachment =
  | (AttachmentBase & { type: "file" })
  | (AttachmentBase & { type: "image"; preview_url: string });

interface TaskBase {
  status_indicator?: "none" | "loading" | "complete";
  title?: string;
}

export type Task =
  | (TaskBase & { type: "custom"; icon?: string; content?: string })
  | (TaskBase & { type: "web_search"; title_query?: string; queries: string[]; sources: URLSource[] })
  | (TaskBase & { type: "thought"; content: string })
  | (TaskBase & { type: "file"; sources: FileSource[] })
  | (TaskBase & { type: "image" });

export type WorkflowSummary = { title: string; icon?: string } | { duration: number };

export interface Workflow {
  type: "custom" | "reasoning";
  tasks: Task[];
  summary?: WorkflowSummary;
  expanded?: boolean;
}

export interface FormAnswer {
  values: string[];
  skipped: boolean;
}

export type FormInput =
  | {
      type: "multiple_choice";
      id: string;
      question: string;
      options: { value: string }[];
      multiple?: boolean;
      answer?: FormAnswer;
    }
  | { type: "freeform"; id: string; question: string; description?: string; answer?: FormAnswer };

/** A component of a widget; its properties are checked where they are used, because they are data of the server. */
export interface WidgetNode {
  type: string;
  key?: string;
  id?: string;
  children?: WidgetNode[] | WidgetNode;
  [property: string]: unknown;
}

interface ItemBase {
  id: string;
  thread_id: string;
  created_at: string;
}

export interface UserMessageItem extends ItemBase {
  type: "user_message";
  content: UserContent[];
  attachments: Attachment[];
  quoted_text?: string;
  inference_options: InferenceOptions;
}

export interface AssistantMessageItem extends ItemBase {
  type: "assistant_message";
  content: AssistantContent[];
}

export interface ClientToolCallItem extends ItemBase {
  type: "client_tool_call";
  status: "pending" | "completed";
  call_id: string;
  name: string;
  arguments: Record<string, unknown>;
  output?: unknown;
}

export interface WidgetItem extends ItemBase {
  type: "widget";
  widget: WidgetNode;
  copy_text?: string;
}

export interface GeneratedImageItem extends ItemBase {
  type: "generated_image";
  image?: { id: string; url: string };
  /** How far the picture is, 0 to 1; of `generated_image.updated`, never stored. */
  progress?: number;
}

export interface StructuredInputItem extends ItemBase {
  type: "structured_input";
  status: "pending" | "answered" | "skipped";
  inputs: FormInput[];
}

export interface WorkflowItem extends ItemBase {
  type: "workflow";
  workflow: Workflow;
}

export interface TaskItem extends ItemBase {
  type: "task";
  task: Task;
}

export interface EndOfTurnItem extends ItemBase {
  type: "end_of_turn";
}

export type ThreadItem =
  | UserMessageItem
  | AssistantMessageItem
  | ClientToolCallItem
  | WidgetItem
  | GeneratedImageItem
  | StructuredInputItem
  | WorkflowItem
  | TaskItem
  | EndOfTurnItem;

export type ItemUpdate =
  | { type: "assistant_message.content_part.added"; content_index: number; content: AssistantContent }
  | { type: "assistant_message.content_part.text_delta"; content_index: number; delta: string }
  | {
      type: "assistant_message.content_part.annotation_added";
      content_index: number;
      annotation_index: number;
      annotation: Annotation;
    }
  | { type: "assistant_message.content_part.done"; content_index: number; content: AssistantContent }
  | { type: "widget.streaming_text.value_delta"; component_id: string; delta: string; done: boolean }
  | { type: "widget.component.updated"; component_id: string; component: WidgetNode }
  | { type: "widget.root.updated"; widget: WidgetNode }
  | { type: "workflow.task.added"; task_index: number; task: Task }
  | { type: "workflow.task.updated"; task_index: number; task: Task }
  | { type: "generated_image.updated"; image: { id: string; url: string }; progress?: number };

export type NoticeLevel = "info" | "warning" | "danger";

export type StreamEvent =
  | { type: "thread.created"; thread: Thread }
  | { type: "thread.updated"; thread: Thread }
  | { type: "thread.item.added"; item: ThreadItem }
  | { type: "thread.item.updated"; item_id: string; update: ItemUpdate }
  | { type: "thread.item.done"; item: ThreadItem }
  | { type: "thread.item.replaced"; item: ThreadItem }
  | { type: "thread.item.removed"; item_id: string }
  | { type: "stream_options"; stream_options: { allow_cancel: boolean } }
  | { type: "progress_update"; text: string; icon?: string }
  | { type: "client_effect"; name: string; data?: Record<string, unknown> }
  | { type: "notice"; level: NoticeLevel; message: string; title?: string }
  | { type: "error"; code: "custom" | "stream.error"; message?: string; allow_retry?: boolean };

export interface UserMessageInput {
  content: UserContent[];
  attachments: string[];
  quoted_text?: string;
  inference_options: InferenceOptions;
}

export interface Action {
  type: string;
  payload?: Record<string, unknown>;
}

export interface FormReply {
  status: "answered" | "skipped";
  answers: Record<string, { values: string[]; skipped?: boolean }>;
}

/** Every operation of `POST <api.url>`, by its `type`; the first six answer with a stream of events. */
export interface Operations {
  "threads.create": { input: UserMessageInput };
  "threads.add_user_message": { thread_id: string; input: UserMessageInput };
  "threads.add_client_tool_output": { thread_id: string; result: unknown };
  "threads.add_structured_input": { thread_id: string; item_id: string; input: FormReply };
  "threads.retry_after_item": { thread_id: string; item_id: string };
  "threads.custom_action": { thread_id: string; item_id?: string; action: Action };
  "threads.sync_custom_action": { thread_id: string; item_id?: string; action: Action };
  "threads.get_by_id": { thread_id: string };
  "threads.list": { limit?: number; order?: "asc" | "desc"; after?: string };
  "threads.update": { thread_id: string; title: string };
  "threads.delete": { thread_id: string };
  "items.list": { thread_id: string; limit?: number; order?: "asc" | "desc"; after?: string };
  "items.feedback": { thread_id: string; item_ids: string[]; kind: "positive" | "negative" };
  "attachments.create": { name: string; size: number; mime_type: string };
  "attachments.delete": { attachment_id: string };
  "input.transcribe": { audio_base64: string; mime_type: string };
}

export type Streaming =
  | "threads.create"
  | "threads.add_user_message"
  | "threads.add_client_tool_output"
  | "threads.add_structured_input"
  | "threads.retry_after_item"
  | "threads.custom_action";

/** What a Pageside server keeps beside an answer, and sends on its own route. */
export interface AnswerRecord {
  item_id: string;
  outcome: string;
  /** 0 to 1. */
  confidence: number;
  citations: CitationRecord[];
}

export interface CitationRecord {
  marker: number;
  heading: string;
  path: string;
  url: string;
  quote: string;
  /** 0 to 1. */
  relevance: number;
  /** What kind of section the passage is of, such as "concepts" or "exercises"; absent where the book does not say. */
  section?: string;
  /** Where it stands in the book today; absent where the book cannot tell. */
  now?: {
    state: "same" | "moved" | "changed" | "gone";
    /** What stands there; empty where it is gone. */
    text: string;
  };
}
