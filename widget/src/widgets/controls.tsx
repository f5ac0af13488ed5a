/** Components that are pressed, chosen from or written in. */

import { useEffect, useId, useRef, useState } from "preact/hooks";
import { isRecord } from "../protocol/errors";
import { useEnv } from "../ui/env";
import { Icon } from "../ui/Icon";
import { actionOf } from "./actions";
import { useAutoResize, useFirstFocus } from "./behaviour";
import { useProblem } from "./containers";
import { fieldId, iconPx } from "./content";
import { useWidget } from "./context";
import type { Component } from "./tree";
import { count, oneOf, text } from "./values";

interface Props {
  node: Component;
}

const SIZES = ["3xs", "2xs", "xs", "sm", "md", "lg", "xl", "2xl", "3xl"] as const;
const VARIANTS = ["solid", "soft", "outline", "ghost"] as const;
const COLORS = [
  "primary",
  "secondary",
  "info",
  "discovery",
  "success",
  "caution",
  "warning",
  "danger",
] as const;

/** Classes of a control: its variant, its size, whether it is round and as wide as can be. */
function look(node: Component, usual: (typeof VARIANTS)[number]): string {
  const parts = [oneOf(node.variant, VARIANTS, usual), `size-${oneOf(node.size, SIZES, "md")}`];
  if (node.pill === true) parts.push("pill");
  if (node.block === true) parts.push("block");
  const gutter = oneOf(node.gutterSize, ["2xs", "xs", "sm", "md", "lg", "xl", ""], "");
  if (gutter) parts.push(`gutter-${gutter}`);
  return parts.join(" ");
}

export function Button({ node }: Props) {
  const { run, may, busy } = useWidget();
  const submit = node.submit === true;
  const label = text(node.label);
  const style = oneOf(node.style, ["primary", "secondary", ""], "");
  const tone = oneOf(node.color, COLORS, style === "primary" ? "primary" : "secondary");
  const plain = style === "secondary" ? "outline" : "soft";
  const usual = style === "primary" || node.color !== undefined ? "solid" : plain;
  const px = node.iconSize === undefined ? 16 : iconPx(node.iconSize);
  const start = text(node.iconStart);
  const end = text(node.iconEnd);
  const action = actionOf(node.onClickAction);
  const idle = busy === null && (!action || may(action));
  const press = (event: MouseEvent) => {
    if (submit && !action) return;
    event.preventDefault();
    run(node.onClickAction, {
      node,
      element: event.currentTarget as Element,
      auto: "self",
      checked: submit,
    });
  };
  return (
    <button
      type={submit ? "submit" : "button"}
      class={`press ${tone} ${look(node, usual)}${node.uniform === true || !label ? " uniform" : ""}`}
      disabled={node.disabled === true}
      aria-disabled={!idle}
      aria-label={label ? undefined : (start || end).replace(/^\w+:/, "").replaceAll("-", " ")}
      onClick={press}
    >
      {busy === node ? (
        <Icon name="loader" size={px} class="spin" />
      ) : (
        start && <Icon name={start} size={px} />
      )}
      {label && <span dir="auto">{label}</span>}
      {end && <Icon name={end} size={px} />}
    </button>
  );
}

/** What every field has: its id, name, description of what is wrong, and a name for readers who do not see its label. */
function useField(node: Component) {
  const { id, labelled } = useWidget();
  const name = text(node.name);
  const own = fieldId(id, name);
  const problem = useProblem(name);
  return {
    problem,
    problemId: `${own}-problem`,
    attributes: {
      id: own,
      "data-field": name,
      "aria-label": labelled.has(name) ? undefined : text(node.label) || text(node.placeholder) || name,
      "aria-invalid": !!problem,
      "aria-describedby": problem ? `${own}-problem` : undefined,
      disabled: node.disabled === true,
      required: node.required === true,
    },
  };
}

/** What is wrong with a field; nothing where nothing is. */
export function Problem({ text: message, id }: { text: string | undefined; id?: string }) {
  return message ? (
    <p class="problem" id={id}>
      <Icon name="triangle-alert" size={14} />
      {message}
    </p>
  ) : null;
}

/** Tells password managers to leave a field alone unless the server wants them. */
function autofill(node: Component) {
  return node.allowAutofillExtensions === true
    ? {}
    : { autocomplete: "off", "data-1p-ignore": "", "data-lpignore": "true", "data-bwignore": "" };
}

const INPUT_TYPES = ["text", "number", "email", "password", "tel", "url"] as const;

export function Input({ node }: Props) {
  const { attributes, problem, problemId } = useField(node);
  const field = useFirstFocus<HTMLInputElement>(node.autoFocus === true, node.autoSelect === true);
  const type = oneOf(node.inputType, INPUT_TYPES, "text");
  return (
    <div class="field-box">
      <input
        {...attributes}
        {...autofill(node)}
        ref={field}
        class={`field ${look(node, "outline")}`}
        type={type}
        step={type === "number" ? "any" : undefined}
        dir={type === "text" ? "auto" : undefined}
        data-pattern={text(node.pattern) || undefined}
        placeholder={text(node.placeholder)}
        defaultValue={text(node.defaultValue)}
      />
      <Problem text={problem} id={problemId} />
    </div>
  );
}

export function Textarea({ node }: Props) {
  const { attributes, problem, problemId } = useField(node);
  const field = useFirstFocus<HTMLTextAreaElement>(node.autoFocus === true, node.autoSelect === true);
  useAutoResize(field, node.autoResize === true, count(node.maxRows, 1, 100));
  return (
    <div class="field-box">
      <textarea
        {...attributes}
        {...autofill(node)}
        ref={field}
        class={`field ${look(node, "outline")}`}
        dir="auto"
        rows={count(node.rows, 1, 40) ?? 3}
        data-pattern={text(node.pattern) || undefined}
        placeholder={text(node.placeholder)}
        defaultValue={text(node.defaultValue)}
      />
      <Problem text={problem} id={problemId} />
    </div>
  );
}

interface Option {
  value: string;
  label: string;
  description: string;
  disabled: boolean;
}

function options(value: unknown): Option[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, 1000).flatMap((each) =>
    isRecord(each)
      ? [
          {
            value: text(each.value),
            label: text(each.label) || text(each.value),
            description: text(each.description),
            disabled: each.disabled === true,
          },
        ]
      : [],
  );
}

/** What a control that is chosen from does when another choice is made. */
function useChange(node: Component) {
  const { run } = useWidget();
  return (element: Element) => run(node.onChangeAction, { node, element, auto: "none" });
}

export function Select({ node }: Props) {
  const { words } = useEnv();
  const { busy } = useWidget();
  const { attributes, problem, problemId } = useField(node);
  const change = useChange(node);
  const first = text(node.defaultValue);
  const all = options(node.options);
  const [empty, setEmpty] = useState(!all.some((option) => option.value === first));
  return (
    <div class={`field-box${node.block === true ? " block" : ""}`}>
      <span class="select">
        <select
          {...attributes}
          class={`field ${look(node, "outline")}${empty ? " empty" : ""}`}
          aria-busy={busy === node}
          onChange={(event) => {
            setEmpty(!event.currentTarget.value);
            change(event.currentTarget);
          }}
        >
          <option
            value=""
            selected={empty}
            disabled={node.clearable !== true}
            hidden={node.clearable !== true && !empty}
          >
            {text(node.placeholder) || words.choose}
          </option>
          {all.map((option) => (
            <option
              key={option.value}
              value={option.value}
              disabled={option.disabled}
              selected={option.value === first}
            >
              {option.description ? `${option.label} – ${option.description}` : option.label}
            </option>
          ))}
        </select>
        <Icon name="chevron-down" size={16} />
      </span>
      <Problem text={problem} id={problemId} />
    </div>
  );
}

export function DatePicker({ node }: Props) {
  const { words } = useEnv();
  const { attributes, problem, problemId } = useField(node);
  const change = useChange(node);
  const field = useFirstFocus<HTMLInputElement>(false, false);
  const [empty, setEmpty] = useState(!day(node.defaultValue));
  const clear = () => {
    const input = field.current!;
    input.value = "";
    setEmpty(true);
    input.focus();
    change(input);
  };
  return (
    <div class={`field-box${node.block === true ? " block" : ""}`}>
      <span class="date">
        <input
          {...attributes}
          ref={field}
          class={`field ${look(node, "outline")}${empty ? " empty" : ""}`}
          type="date"
          title={text(node.placeholder) || undefined}
          min={day(node.min)}
          max={day(node.max)}
          defaultValue={day(node.defaultValue)}
          onChange={(event) => {
            setEmpty(!event.currentTarget.value);
            change(event.currentTarget);
          }}
        />
        {node.clearable === true && !empty && !attributes.disabled && (
          <button
            type="button"
            class="icon-button"
            aria-label={words.clear}
            title={words.clear}
            onClick={clear}
          >
            <Icon name="x" size={16} />
          </button>
        )}
      </span>
      <Problem text={problem} id={problemId} />
    </div>
  );
}

/** The day of an ISO date and time, as it is written there. */
function day(value: unknown): string | undefined {
  return /^\d{4}-\d\d-\d\d(?=$|T| )/.exec(text(value))?.[0];
}

export function Checkbox({ node }: Props) {
  const { attributes, problem, problemId } = useField(node);
  const change = useChange(node);
  const label = text(node.label);
  const checked = node.defaultChecked === true;
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    field.current!.checked = checked;
  }, [checked]);
  return (
    <div class="field-box">
      <label class="choice" dir="auto">
        <input
          {...attributes}
          ref={field}
          aria-label={label ? undefined : attributes["aria-label"]}
          type="checkbox"
          defaultChecked={checked}
          onChange={async ({ currentTarget: box }) => {
            const was = !box.checked;
            if (actionOf(node.onChangeAction) && !(await change(box))) box.checked = was;
          }}
        />
        {label && <span>{label}</span>}
      </label>
      <Problem text={problem} id={problemId} />
    </div>
  );
}

export function RadioGroup({ node }: Props) {
  const { attributes, problem, problemId } = useField(node);
  const change = useChange(node);
  const group = useId();
  const { id, required, disabled, "data-field": name } = attributes;
  return (
    <div class="field-box">
      <div
        id={id}
        class={`flex choices ${node.direction === "row" ? "across" : "down"}`}
        role="radiogroup"
        aria-labelledby={attributes["aria-label"] ? undefined : `${id}-label`}
        aria-label={text(node.ariaLabel) || attributes["aria-label"]}
        aria-required={required}
        aria-invalid={!!problem}
        aria-describedby={attributes["aria-describedby"]}
      >
        {options(node.options).map((option) => (
          <label key={option.value} class="choice" dir="auto">
            <input
              type="radio"
              name={group}
              data-field={name}
              value={option.value}
              required={required}
              disabled={disabled || option.disabled}
              defaultChecked={option.value === node.defaultValue}
              onChange={(event) => change(event.currentTarget)}
            />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
      <Problem text={problem} id={problemId} />
    </div>
  );
}
