/** Fields of a widget's form, read from the document; `data-field` is a field's name, so that no name can shadow anything. */

import type { Field } from "./actions";

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** Told which fields are not as they should be, by name; an empty record where all are. */
export const CHECKED = "fields-checked";

export type Flaw = "missing" | "pattern";

/** The form that `element` stands in; null outside of forms. */
export function formAround(element: Element | null): HTMLElement | null {
  return element?.closest<HTMLElement>("[data-form]") ?? null;
}

/**
 * Fields of the form around `element`, or of `element` alone where there is no form.
 *
 * With `checked`, null where the form is not filled in as it should be; it is told so, and the first such field gets
 * the focus.
 */
export function fieldsAround(element: Element | null, checked: boolean): Field[] | null {
  const form = formAround(element);
  if (!form) return element ? read(controls(element)) : [];
  const all = controls(form).filter((control) => formAround(control) === form);
  if (checked) {
    const flaws = all.flatMap((control) => {
      const flaw = flawOf(control);
      return flaw ? [[control.dataset.field!, flaw] as const] : [];
    });
    form.dispatchEvent(new CustomEvent(CHECKED, { detail: Object.fromEntries(flaws) }));
    if (flaws.length) {
      all.find((control) => flawOf(control))?.focus();
      return null;
    }
  }
  return read(all);
}

function controls(root: Element): Control[] {
  const inside = [...root.querySelectorAll<Control>("[data-field]")];
  return root.matches("[data-field]") ? [root as Control, ...inside] : inside;
}

function read(all: readonly Control[]): Field[] {
  return all.flatMap((control): Field[] => {
    const name = control.dataset.field;
    if (!name || control.disabled) return [];
    if (control.type === "radio" && !(control as HTMLInputElement).checked) return [];
    if (control.type === "checkbox") return [[name, (control as HTMLInputElement).checked]];
    return [
      [name, control.type === "date" && control.value ? `${control.value}T00:00:00.000Z` : control.value],
    ];
  });
}

function flawOf(control: Control): Flaw | null {
  if (control.disabled) return null;
  const { validity, value } = control;
  const written = control.type !== "checkbox" && control.type !== "radio";
  if (validity.valueMissing || (control.required && written && !value.trim())) return "missing";
  return !validity.valid || (value && !matches(value, control.dataset.pattern)) ? "pattern" : null;
}

/** Whether all of `value` has the form of `pattern`; true where the pattern is none. */
function matches(value: string, pattern: string | undefined): boolean {
  if (!pattern) return true;
  try {
    return new RegExp(`^(?:${pattern})$`, "u").test(value);
  } catch {
    return true;
  }
}
