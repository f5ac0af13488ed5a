/** ChatKit's theme option as custom properties; `styles/tokens.css` says what becomes of them. */

import type { ThemeOption } from "@openai/chatkit";

export type Properties = Record<`--${string}`, string>;

const ROUNDNESS = { pill: "1", round: "1", soft: "0.6", sharp: "0" };
const DENSITY = { compact: "0.8", normal: "1", spacious: "1.25" };

/** Whether `theme` is the dark one. */
export function isDark(theme: ThemeOption | "light" | "dark" | undefined): boolean {
  return (typeof theme === "string" ? theme : theme?.colorScheme) === "dark";
}

/** The custom properties that `theme` sets; what it leaves out keeps the value of the style sheet. */
export function properties(theme: ThemeOption | "light" | "dark" | undefined): Properties {
  const dark = isDark(theme);
  const option: ThemeOption = typeof theme === "object" && theme ? theme : {};
  const found: Properties = { ...(dark ? DARK : {}), ...grays(option, dark), ...accent(option, dark) };
  const { typography, radius, density, color } = option;
  if (typography?.baseSize) found["--theme-size"] = `${clamp(typography.baseSize, 12, 24)}px`;
  if (typography?.fontFamily) found["--theme-font"] = plain(typography.fontFamily);
  if (typography?.fontFamilyMono) found["--theme-mono"] = plain(typography.fontFamilyMono);
  if (radius && radius in ROUNDNESS) {
    found["--roundness"] = ROUNDNESS[radius];
    found["--theme-radius-full"] = { pill: "999px", round: "14px", soft: "8px", sharp: "0" }[radius];
  }
  if (density && density in DENSITY) found["--density"] = DENSITY[density];
  if (color?.surface?.background) {
    found["--theme-surface"] = plain(color.surface.background);
    found["--theme-surface-raised"] = plain(color.surface.background);
  }
  if (color?.surface?.foreground) found["--theme-text"] = plain(color.surface.foreground);
  return found;
}

/** The same, as the declarations of a style sheet. */
export function declarations(theme: ThemeOption | "light" | "dark" | undefined): string {
  return Object.entries(properties(theme))
    .map(([name, value]) => `${name}:${value}`)
    .join(";");
}

const DARK: Properties = {
  "--theme-accent": "#a5a0ff",
  "--theme-on-accent": "#17161f",
  "--theme-surface": "#1b1b1f",
  "--theme-surface-raised": "#26262b",
  "--theme-border": "#37373e",
  "--theme-text": "#ececf1",
  "--theme-text-muted": "#a9a9b4",
  "--theme-danger": "#ffb4ab",
  "--theme-warning": "#ffc46b",
  "--theme-success": "#7fd99a",
  "--theme-info": "#a8c7fa",
  "--theme-discovery": "#d3b3ff",
};

/** A grayscale of one hue: `tint` is how much of it there is, `shade` how dark the whole is. */
function grays(option: ThemeOption, dark: boolean): Properties {
  const gray = option.color?.grayscale;
  if (!gray) return {};
  const hue = ((gray.hue % 360) + 360) % 360;
  const saturation = clamp(gray.tint, 0, 9) * 2.2;
  const shade = clamp(gray.shade ?? 0, -4, 4) * 1.2;
  const tone = (lightness: number) => `hsl(${hue} ${saturation}% ${clamp(lightness - shade, 0, 100)}%)`;
  return dark
    ? {
        "--theme-surface": tone(11),
        "--theme-surface-raised": tone(15),
        "--theme-border": tone(23),
        "--theme-text": tone(93),
        "--theme-text-muted": tone(72),
      }
    : {
        "--theme-surface": tone(99.5),
        "--theme-surface-raised": tone(100),
        "--theme-border": tone(89),
        "--theme-text": tone(13),
        "--theme-text-muted": tone(38),
      };
}

function accent(option: ThemeOption, dark: boolean): Properties {
  const chosen = option.color?.accent;
  if (!chosen?.primary) return {};
  const primary = plain(chosen.primary);
  const level = clamp(chosen.level ?? 1, 0, 3);
  const towards = dark ? "white" : "black";
  return {
    "--theme-accent": `color-mix(in srgb, ${primary} ${100 - level * 5}%, ${towards})`,
    "--theme-on-accent": onColor(primary) ?? (dark ? "#17161f" : "#fff"),
  };
}

/** Black or white, whichever is read better on a colour given in hex; undefined for other notations. */
export function onColor(color: string): string | undefined {
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(color)?.[1];
  if (!hex) return undefined;
  const full = hex.length === 3 ? [...hex].map((digit) => digit + digit).join("") : hex;
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) => {
    const part = Number.parseInt(full.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue; // WCAG 2.2, relative luminance
  return 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 ? "#fff" : "#17161f";
}

/** `value` without what could end a declaration or fetch something. */
function plain(value: string): string {
  return /[;{}]|url\s*\(/i.test(value) ? "initial" : value;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, Number(value) || 0));
}
