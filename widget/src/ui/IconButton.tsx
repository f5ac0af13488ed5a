import type { JSX } from "preact";
import { Icon } from "./Icon";

interface Props extends Omit<JSX.HTMLAttributes<HTMLButtonElement>, "icon" | "label" | "class"> {
  icon: string;
  /** Its name, and what is told under the pointer where no `title` is given. */
  label: string;
  title?: string;
  small?: boolean;
  disabled?: boolean;
}

/** A button that is an icon. */
export function IconButton({ icon, label, small, ...rest }: Props) {
  return (
    <button
      type="button"
      class={small ? "icon-button small" : "icon-button"}
      aria-label={label}
      title={label}
      {...rest}
    >
      <Icon name={icon} />
    </button>
  );
}
