/** A button that opens a list of choices, and the list. */

import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Icon } from "./Icon";

export interface Choice {
  id: string;
  label: string;
  description?: string;
  icon?: string;
  disabled?: boolean;
  /** Given where one of the choices is in force. */
  checked?: boolean;
}

interface Props {
  label: string;
  choices: readonly Choice[];
  onChoose(id: string): void;
  class?: string;
  children: ComponentChildren;
}

/** Source of the keys: ARIA Authoring Practices Guide, "Menu Button Pattern". */
export function Menu({ label, choices, onChoose, children, class: name = "icon-button" }: Props) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const entries = () => [
    ...(root.current?.querySelectorAll<HTMLButtonElement>("[role^=menuitem]:not(:disabled)") ?? []),
  ];

  useEffect(() => {
    if (!open) return;
    (entries().find((entry) => entry.ariaChecked === "true") ?? entries()[0])?.focus();
    const outside = (event: Event) => {
      if (root.current && !event.composedPath().includes(root.current)) setOpen(false);
    };
    document.addEventListener("pointerdown", outside, true);
    return () => document.removeEventListener("pointerdown", outside, true);
  }, [open]);

  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  const keys = (event: KeyboardEvent) => {
    const all = entries();
    const at = all.indexOf(event.target as HTMLButtonElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (event.key === "Escape") {
      event.preventDefault(); // closes the menu, not the panel around it
      event.stopPropagation();
      close();
    } else if (event.key === "Tab") setOpen(false);
    else if (to !== undefined) {
      event.preventDefault();
      all.at(to % all.length)?.focus();
    }
  };
  const choice = choices.some((one) => one.checked !== undefined);
  return (
    <div class="menu" ref={root}>
      <button
        type="button"
        class={name}
        ref={button}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        aria-label={label}
        title={label}
        onClick={() => setOpen(!open)}
      >
        {children}
      </button>
      {open && (
        <div class="menu-list" role="menu" id={id} aria-label={label} onKeyDown={keys} tabIndex={-1}>
          {choices.map((one) => (
            // biome-ignore lint/a11y/useAriaPropsSupportedByRole: the role is menuitemradio wherever it is checked
            <button
              key={one.id}
              type="button"
              role={choice ? "menuitemradio" : "menuitem"}
              aria-checked={choice ? !!one.checked : undefined}
              tabIndex={-1}
              disabled={one.disabled}
              onClick={() => {
                close();
                onChoose(one.id);
              }}
            >
              {one.icon && <Icon name={one.icon} />}
              <span class="menu-text">
                <span>{one.label}</span>
                {one.description && <small>{one.description}</small>}
              </span>
              {one.checked && <Icon name="check" />}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
