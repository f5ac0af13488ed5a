/** Questions the assistant puts to the reader, as a form. */

import type { RefObject } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { FormInput, FormReply, StructuredInputItem } from "../protocol/types";
import { useEnv } from "../ui/env";
import { Icon } from "../ui/Icon";
import { useDressed } from "../widgets/dressing";
import { useSlice } from "./slice";

/** What was chosen and what was written for one question. */
interface Said {
  chosen: string[];
  own: string;
}

const NOTHING: Said = { chosen: [], own: "" };

/** A form while it waits for the reader; what they said to it afterwards. */
export function StructuredInput({ item }: { item: StructuredInputItem }) {
  const { words } = useEnv();
  const replied = useRef(false);
  const box = useDressed<HTMLElement>();
  return (
    <article ref={box} class="item form" aria-label={words.assistant}>
      {item.status === "pending" ? (
        <Questions item={item} replied={replied} />
      ) : (
        <Replied item={item} focus={replied} />
      )}
    </article>
  );
}

function Questions({ item, replied }: { item: StructuredInputItem; replied: RefObject<boolean> }) {
  const { chat, words } = useEnv();
  const idle = useSlice((state) => state.phase === "ready");
  const [said, setSaid] = useState<Readonly<Record<string, Said>>>({});
  const [sending, setSending] = useState(false);
  const underWay = useRef(false);
  const [problem, setProblem] = useState("");
  const form = useRef<HTMLFormElement>(null);
  const problemId = useId();
  const reply = async (answer: FormReply) => {
    if (underWay.current) return;
    underWay.current = true;
    setSending(true);
    setProblem("");
    replied.current = true;
    try {
      await chat.reply(item.id, answer);
    } catch (error) {
      setProblem(error instanceof Error && error.message ? error.message : words.failed);
    } finally {
      setSending(false); // where it was refused the form is still there
      underWay.current = false;
    }
  };
  const submit = (event: Event) => {
    event.preventDefault();
    const answer = answered(item.inputs, said);
    if (answer) return reply(answer);
    setProblem(words.answerNeeded);
    form.current?.querySelector<HTMLElement>("input, textarea")?.focus();
  };
  return (
    <form ref={form} onSubmit={submit} aria-describedby={problem ? problemId : undefined} noValidate>
      <fieldset class="questions" disabled={sending || !idle}>
        {item.inputs.map((input) => (
          <Question
            key={input.id}
            input={input}
            said={said[input.id] ?? NOTHING}
            say={(change) => {
              setProblem("");
              setSaid((before) => ({
                ...before,
                [input.id]: { ...(before[input.id] ?? NOTHING), ...change },
              }));
            }}
          />
        ))}
        {problem && (
          <p class="problem" id={problemId} role="alert">
            <Icon name="triangle-alert" size={16} />
            {problem}
          </p>
        )}
        <div class="buttons">
          <button type="submit" class="button primary">
            {words.answerForm}
          </button>
          <button
            type="button"
            class="quiet-button"
            onClick={() => reply({ status: "skipped", answers: {} })}
          >
            {words.skip}
          </button>
        </div>
      </fieldset>
    </form>
  );
}

interface Asked {
  input: FormInput;
  said: Said;
  say(change: Partial<Said>): void;
}

function Question({ input, said, say }: Asked) {
  return input.type === "multiple_choice" ? (
    <Choice input={input} said={said} say={say} />
  ) : (
    <Words input={input} said={said} say={say} />
  );
}

function Choice({ input, said, say }: Asked & { input: FormInput & { type: "multiple_choice" } }) {
  const { words } = useEnv();
  const name = useId();
  const type = input.multiple ? "checkbox" : "radio";
  const choose = (value: string, on: boolean) => {
    if (!input.multiple) return say({ chosen: [value], own: "" });
    const others = said.chosen.filter((each) => each !== value);
    say({ chosen: on ? [...others, value] : others });
  };
  const write = (own: string) => say(own.trim() && !input.multiple ? { own, chosen: [] } : { own });
  return (
    <fieldset class="question">
      <legend dir="auto">
        {input.question} <span class="hint">{input.multiple ? words.chooseSome : words.chooseOne}</span>
      </legend>
      {input.options.map(({ value }) => (
        <label key={value} class="choice" dir="auto">
          <input
            type={type}
            name={name}
            value={value}
            checked={said.chosen.includes(value)}
            onChange={(event) => choose(value, event.currentTarget.checked)}
          />
          <span>{value}</span>
        </label>
      ))}
      <input
        class="field"
        type="text"
        dir="auto"
        maxLength={MAX_CHARS}
        aria-label={words.ownWords}
        placeholder={words.ownWords}
        value={said.own}
        onInput={(event) => write(event.currentTarget.value)}
      />
    </fieldset>
  );
}

const MAX_CHARS = 1000;

function Words({ input, said, say }: Asked & { input: FormInput & { type: "freeform" } }) {
  const id = useId();
  return (
    <div class="question">
      <label for={id} class="legend" dir="auto">
        {input.question}
      </label>
      {input.description && (
        <p class="hint" id={`${id}-more`} dir="auto">
          {input.description}
        </p>
      )}
      <textarea
        id={id}
        class="field"
        dir="auto"
        rows={2}
        maxLength={MAX_CHARS}
        aria-describedby={input.description ? `${id}-more` : undefined}
        value={said.own}
        onInput={(event) => say({ own: event.currentTarget.value })}
      />
    </div>
  );
}

/** The reply that `said` makes; null while nothing is said to any question. */
export function answered(
  inputs: readonly FormInput[],
  said: Readonly<Record<string, Said>>,
): FormReply | null {
  const answers: FormReply["answers"] = {};
  let any = false;
  for (const { id } of inputs) {
    const { chosen, own } = said[id] ?? NOTHING;
    const values = own.trim() ? [...chosen, own.trim()] : chosen;
    any ||= values.length > 0;
    answers[id] = values.length ? { values } : { values: [], skipped: true };
  }
  return any ? { status: "answered", answers } : null;
}

function Replied({ item, focus }: { item: StructuredInputItem; focus: RefObject<boolean> }) {
  const { words } = useEnv();
  const box = useRef<HTMLDListElement>(null);
  useEffect(() => {
    if (focus.current) box.current?.focus(); // the button that had the focus is gone
  }, [focus]);
  return (
    <dl ref={box} tabIndex={-1}>
      {item.inputs.map(({ id, question, answer }) => (
        <div key={id} class="question">
          <dt dir="auto">{question}</dt>
          <dd dir="auto">
            {answer?.values.length && !answer.skipped ? answer.values.join(", ") : <em>{words.skipped}</em>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
