/**
 * What files loaded on demand take from the element instead of having a copy of their own.
 *
 * The build replaces their imports of the modules named here: a second Preact would not know the first one's contexts.
 */

import { createContext, Fragment, h } from "preact";
import { useContext, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { jsx, jsxs } from "preact/jsx-runtime";
import { useSlice } from "../items/slice";
import { Markdown } from "../text/Markdown";
import { useEnv } from "./env";
import { Icon } from "./Icon";
import { load } from "./load";

export const shared = {
  preact: { createContext, Fragment, h },
  "preact/hooks": { useContext, useEffect, useId, useLayoutEffect, useMemo, useRef, useState },
  "preact/jsx-runtime": { Fragment, jsx, jsxs },
  "items/slice": { useSlice },
  "text/Markdown": { Markdown },
  "ui/env": { useEnv },
  "ui/Icon": { Icon },
  "ui/load": { load },
};

(globalThis as unknown as Record<symbol, typeof shared>)[Symbol.for("pageside.element")] = shared;
