/** One of everything that a conversation and a widget can show. */

import type { ThreadItem, WidgetNode } from "../src/protocol/types";

const base = { thread_id: "thr_1", created_at: "2026-01-05T10:00:00Z" };
const pixel =
  "data:image/svg+xml," +
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" width="480" height="320"><defs><linearGradient id="g" x2="1" y2="1"><stop stop-color="#6d8bff"/><stop offset="1" stop-color="#b86bff"/></linearGradient></defs><rect width="480" height="320" fill="url(#g)"/><circle cx="350" cy="90" r="46" fill="#fff" opacity=".8"/><path d="M0 320 150 150l90 100 70-60 170 130z" fill="#1b1b3a" opacity=".5"/></svg>',
  );

export const items: ThreadItem[] = [
  {
    ...base,
    id: "m1",
    type: "user_message",
    content: [
      { type: "input_text", text: "How does a servo know where it is? I mean the one in " },
      { type: "input_tag", id: "ch4", text: "Actuators", data: {}, interactive: true },
      { type: "input_text", text: "." },
    ],
    attachments: [
      { type: "file", id: "f1", name: "lab-notes-week-3.pdf", mime_type: "application/pdf" },
      { type: "image", id: "f2", name: "Servo on the bench", mime_type: "image/png", preview_url: pixel },
    ],
    quoted_text:
      "A servo is a motor with a sensor and a controller in one housing. The sensor measures the angle of the output shaft; the controller compares it with the commanded angle and drives the motor until both agree. Because the loop is closed inside the housing, the host only sends a target. What the host does not learn is whether the target was reached, unless the servo reports its position back over the bus.",
    inference_options: {},
  },
  {
    ...base,
    id: "w1",
    type: "workflow",
    workflow: {
      type: "reasoning",
      expanded: true,
      summary: { duration: 7 },
      tasks: [
        {
          type: "thought",
          title: "Reading the question",
          content: "The reader asks about **feedback**, not about torque.",
          status_indicator: "complete",
        },
        {
          type: "web_search",
          title_query: "servo feedback loop",
          queries: ["closed loop servo", "potentiometer or encoder"],
          sources: [
            {
              type: "url",
              title: "Actuators and feedback",
              url: "https://book.example/docs/actuators/feedback",
            },
            { type: "url", title: "Encoders", url: "https://www.book.example/docs/sensors/encoders/" },
          ],
          status_indicator: "complete",
        },
        {
          type: "file",
          title: "Looking into your notes",
          sources: [{ type: "file", title: "lab-notes-week-3.pdf", filename: "lab-notes-week-3.pdf" }],
          status_indicator: "complete",
        },
        {
          type: "custom",
          icon: "lab",
          title: "Comparing",
          content: "Two passages agree.",
          status_indicator: "complete",
        },
        { type: "image", title: "Sketching the loop", status_indicator: "complete" },
      ],
    },
  },
  {
    ...base,
    id: "w2",
    type: "workflow",
    workflow: {
      type: "custom",
      tasks: [
        {
          type: "custom",
          icon: "search",
          title: "Searching the chapter on actuators",
          status_indicator: "loading",
        },
      ],
    },
  },
  {
    ...base,
    id: "a1",
    type: "assistant_message",
    content: [
      {
        type: "output_text",
        text: "A servo measures the angle of its own output shaft and compares it with the angle you asked for.[1] The difference drives the motor until both agree.\n\n- a potentiometer or an encoder **measures**,\n- a controller **compares**,\n- the motor **moves**.",
        annotations: [
          {
            type: "annotation",
            index: 99,
            source: {
              type: "url",
              title: "Actuators and feedback",
              url: "https://book.example/docs/actuators/feedback",
              group: "Chapter 4",
              description: "The sensor measures the angle of the output shaft.",
            },
          },
        ],
      },
    ],
  },
  {
    ...base,
    id: "t1",
    type: "task",
    task: { type: "custom", icon: "book-open", title: "Read two sections", content: "Of *Actuators*." },
  },
  {
    ...base,
    id: "s1",
    type: "structured_input",
    status: "pending",
    inputs: [
      {
        type: "multiple_choice",
        id: "place",
        question: "Which part of the book do you mean?",
        options: [
          { value: "Actuators" },
          { value: "Sensors and what they cannot see" },
          { value: "Control" },
        ],
      },
      {
        type: "multiple_choice",
        id: "several",
        question: "What have you read already?",
        multiple: true,
        options: [{ value: "Nodes" }, { value: "Topics" }],
      },
      {
        type: "freeform",
        id: "words",
        question: "Or say in your own words what it is about.",
        description: "A sentence is enough.",
      },
    ],
  },
  {
    ...base,
    id: "s2",
    type: "structured_input",
    status: "answered",
    inputs: [
      {
        type: "multiple_choice",
        id: "place",
        question: "Which part of the book do you mean?",
        options: [{ value: "Actuators" }],
        answer: { values: ["Actuators"], skipped: false },
      },
      { type: "freeform", id: "words", question: "Anything else?", answer: { values: [], skipped: true } },
    ],
  },
  { ...base, id: "g1", type: "generated_image", image: { id: "i", url: pixel } },
  { ...base, id: "g2", type: "generated_image", progress: 0.4 },
  {
    ...base,
    id: "c1",
    type: "client_tool_call",
    status: "pending",
    call_id: "c",
    name: "get_page",
    arguments: {},
  },
  { ...base, id: "e1", type: "end_of_turn" },
];

const action = (type: string, more = {}) => ({ type, payload: { from: "gallery" }, ...more });

/** Widgets that together have every component. */
export const widgets: Record<string, WidgetNode> = {
  sections: {
    type: "ListView",
    key: "book.nearest",
    status: { text: "3 sections come nearest", icon: "book-open" },
    limit: 2,
    children: ["Quality of service", "Topics and types", "Actions"].map((title, index) => ({
      type: "ListViewItem",
      key: `row-${index}`,
      gap: 3,
      onClickAction: action("book.open"),
      children: [
        { type: "Icon", name: "document", color: "secondary" },
        {
          type: "Col",
          flex: 1,
          gap: 0.5,
          children: [
            { type: "Text", value: title, weight: "medium", truncate: true },
            { type: "Caption", value: "Chapter 2: Nodes talk", truncate: true },
          ],
        },
        {
          type: "Button",
          label: "Explain",
          size: "sm",
          variant: "soft",
          onClickAction: action("book.explain"),
        },
      ],
    })),
  },
  quiz: {
    type: "Card",
    size: "md",
    asForm: true,
    status: { text: "Quiz, question 2 of 5", icon: "lightbulb" },
    confirm: { label: "Check my answer", action: action("quiz.check") },
    cancel: { label: "Skip", action: action("quiz.skip") },
    children: [
      { type: "Title", value: "What does a servo measure?", size: "md" },
      { type: "Label", value: "Your answer", fieldName: "answer.choice" },
      {
        type: "RadioGroup",
        name: "answer.choice",
        required: true,
        options: [
          { label: "The angle of its shaft", value: "angle" },
          { label: "The weight it carries", value: "weight" },
          { label: "The speed of light", value: "light", disabled: true },
        ],
      },
      { type: "Label", value: "Why?", fieldName: "answer.why" },
      { type: "Textarea", name: "answer.why", rows: 2, autoResize: true, placeholder: "One sentence" },
      { type: "Checkbox", name: "answer.sure", label: "I am sure", defaultChecked: true },
    ],
  },
  form: {
    type: "Card",
    children: [
      {
        type: "Form",
        gap: 3,
        onSubmitAction: action("plan.make"),
        children: [
          { type: "Title", value: "Plan your week", size: "lg" },
          { type: "Label", value: "Name", fieldName: "plan.name" },
          { type: "Input", name: "plan.name", placeholder: "Ada", required: true, id: "name" },
          { type: "Label", value: "E-mail", fieldName: "plan.mail" },
          {
            type: "Input",
            name: "plan.mail",
            inputType: "email",
            variant: "soft",
            placeholder: "ada@example.org",
          },
          { type: "Label", value: "Chapter", fieldName: "plan.chapter" },
          {
            type: "Select",
            name: "plan.chapter",
            block: true,
            clearable: true,
            placeholder: "Choose a chapter",
            options: [
              { value: "1", label: "Introduction" },
              { value: "2", label: "Nodes", description: "the long one" },
              { value: "3", label: "Appendix", disabled: true },
            ],
          },
          { type: "Label", value: "Begin on", fieldName: "plan.day" },
          { type: "DatePicker", name: "plan.day", defaultValue: "2026-01-12T00:00:00Z", clearable: true },
          {
            type: "Row",
            gap: 2,
            children: [
              { type: "Spacer" },
              { type: "Button", label: "Later", style: "secondary", onClickAction: action("plan.later") },
              { type: "Button", label: "Make the plan", submit: true, style: "primary", iconEnd: "sparkle" },
            ],
          },
        ],
      },
    ],
  },
  words: {
    type: "Card",
    size: "lg",
    children: [
      { type: "Image", src: pixel, alt: "Hills under a sun", height: 120, flush: true },
      { type: "Title", value: "A widget of words", size: "xl" },
      {
        type: "Text",
        value:
          "Plain text that goes on for a while, so that one can see how lines break and how much air there is between them.",
        id: "said",
        streaming: true,
      },
      { type: "Text", value: "Italic, small and secondary", italic: true, size: "sm", color: "secondary" },
      {
        type: "Text",
        value: "Struck through",
        lineThrough: true,
        color: { light: "red-700", dark: "red-300" },
      },
      { type: "Text", value: "Two lines at most. ".repeat(12), maxLines: 2 },
      { type: "Text", value: "An editable text", editable: { name: "note", placeholder: "Note" } },
      { type: "Markdown", value: "**Markdown** with `code` and a [link](https://book.example/docs)." },
      { type: "Divider", flush: true },
      {
        type: "Row",
        gap: 2,
        wrap: "wrap",
        children: ["secondary", "success", "danger", "warning", "info", "discovery"].flatMap((color) =>
          ["solid", "soft", "outline"].map((variant) => ({
            type: "Badge",
            label: color,
            color,
            variant,
            pill: variant === "soft",
          })),
        ),
      },
      {
        type: "Row",
        gap: 2,
        wrap: "wrap",
        children: ["primary", "secondary", "info", "discovery", "success", "caution", "danger"].flatMap(
          (color) =>
            ["solid", "soft", "outline", "ghost"].map((variant) => ({
              type: "Button",
              label: `${color} ${variant}`,
              color,
              variant,
              size: "sm",
              onClickAction: action("press"),
            })),
        ),
      },
      {
        type: "Row",
        gap: 2,
        wrap: "wrap",
        children: ["3xs", "2xs", "xs", "sm", "md", "lg", "xl", "2xl", "3xl"].map((size) => ({
          type: "Button",
          label: size,
          size,
          variant: "outline",
          onClickAction: action("press"),
        })),
      },
      {
        type: "Row",
        gap: 2,
        children: [
          {
            type: "Button",
            iconStart: "play",
            pill: true,
            uniform: true,
            color: "primary",
            onClickAction: action("press"),
          },
          { type: "Icon", name: "star-filled", color: "warning", size: "xl" },
          { type: "Icon", name: "check-circle-filled", color: "success", size: "xl" },
          { type: "Icon", name: "lucide:rabbit", size: "xl" },
          { type: "Icon", name: "vendor:unknown" },
          { type: "Button", label: "Disabled", disabled: true },
        ],
      },
    ],
  },
  boxes: {
    type: "Basic",
    gap: 3,
    children: [
      {
        type: "Box",
        direction: "row",
        gap: 3,
        padding: 4,
        radius: "xl",
        border: { size: 1, color: "strong", style: "dashed" },
        background: "surface-secondary",
        children: [
          { type: "Box", size: 56, radius: "full", background: "blue-300", children: [] },
          {
            type: "Col",
            flex: 1,
            children: [
              { type: "Title", value: "A box", size: "sm" },
              { type: "Text", value: "with a round thing", size: "sm", color: "secondary" },
            ],
          },
          { type: "Transition", children: { type: "Badge", label: "new", color: "success" } },
        ],
      },
      {
        type: "Card",
        theme: "dark",
        children: [
          { type: "Title", value: "Always dark" },
          { type: "Caption", value: "whatever the page is" },
          { type: "Button", label: "Press", style: "primary", onClickAction: action("press") },
        ],
      },
      {
        type: "Card",
        collapsed: true,
        status: { text: "Done", icon: "check-circle" },
        children: [{ type: "Text", value: "What was in it" }],
      },
      {
        type: "Card",
        theme: "light",
        children: [
          {
            type: "Table",
            children: [
              {
                type: "Table.Row",
                header: true,
                children: ["Joint", "Range", "Torque"].map((value) => ({
                  type: "Table.Cell",
                  children: [{ type: "Text", value, size: "sm" }],
                })),
              },
              ...[
                ["Shoulder", "±90°", "2.4 Nm"],
                ["Elbow", "0–150°", "1.8 Nm"],
              ].map((row) => ({
                type: "Table.Row",
                children: row.map((value, index) => ({
                  type: "Table.Cell",
                  align: index ? "end" : "start",
                  children: [{ type: "Text", value }],
                })),
              })),
            ],
          },
        ],
      },
    ],
  },
  charts: {
    type: "Card",
    size: "full",
    children: [
      { type: "Title", value: "Torque over the week" },
      {
        type: "Chart",
        showYAxis: true,
        height: 220,
        xAxis: { dataKey: "day", labels: { mon: "Mon", tue: "Tue", wed: "Wed", thu: "Thu", fri: "Fri" } },
        data: ["mon", "tue", "wed", "thu", "fri"].map((day, index) => ({
          day,
          left: 12 + index * 4,
          right: 22 - index * 3,
          mean: 14 + Math.sin(index) * 6,
        })),
        series: [
          { type: "bar", dataKey: "left", label: "Left arm", stack: "arms" },
          { type: "bar", dataKey: "right", label: "Right arm", stack: "arms" },
          { type: "line", dataKey: "mean", label: "Mean", curveType: "monotone" },
        ],
      },
      {
        type: "Chart",
        height: 160,
        xAxis: "t",
        data: Array.from({ length: 24 }, (_, t) => ({
          t: `${t}:00`,
          load: 40 + 30 * Math.sin(t / 3),
          idle: -10 + 8 * Math.cos(t / 2),
        })),
        series: [
          { type: "area", dataKey: "load", label: "Load", curveType: "natural" },
          { type: "area", dataKey: "idle", label: "Idle", color: "pink" },
        ],
      },
    ],
  },
};
