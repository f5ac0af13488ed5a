import type { LoadContext, OptionValidationContext, Plugin } from "@docusaurus/types";

export interface Options {
  /** Where Pageside answers, such as `"https://chat.example.org"`; `""`, the default, for the site's own origin. */
  server?: string;
  /** Where it answers while `docusaurus start` runs, default `"http://127.0.0.1:8000"`; used where `server` is `""`. */
  devServer?: string | false;
  /** `"server"`: the element comes from the server. `"copy"`: the site carries it, and asks `server`. */
  assets?: "server" | "copy";
  /** Where the button stands; `"none"` for a page that opens the panel itself. */
  position?: "right" | "left" | "none";
  /** Follows the site where nothing is said. */
  theme?: "light" | "dark";
  /** Follows `<html lang>` where nothing is said. */
  locale?: string;
  title?: string;
  /** What the button is called. */
  label?: string;
  greeting?: string;
  disclaimer?: string;
  /** Questions to begin with, instead of those of the server. */
  starters?: string[];
  /** What of a page is the book, as a CSS selector. */
  selector?: string;
  /** A name, where several books share one origin and one server. */
  book?: string;
  /** Whether the panel is open at first. */
  open?: boolean;
  id?: string;
}

export default function pageside(context: LoadContext, options: Options): Plugin;
export function validateOptions(context: OptionValidationContext<Options, Options>): Options;
