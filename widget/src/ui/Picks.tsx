/** What goes with a message beside its words: the selected text, and files. */

import { fill } from "../locale/strings";
import { useEnv } from "./env";
import { Icon } from "./Icon";
import { IconButton } from "./IconButton";
import type { Scope, Shell } from "./shell";
import { useStore } from "./store";

/** The selected text, what is searched because of it, and a way to drop it. */
export function Quote({ shell }: { shell: Shell }) {
  const { words } = useEnv();
  const { options, draft } = useStore(shell);
  if (!draft.quote) return null;
  const scopes: [Scope, string][] = [
    ["selection", words.selection],
    ["book", words.wholeBook],
  ];
  return (
    <div class="quote">
      <div class="quote-line">
        <Icon name="quote" />
        <blockquote dir="auto" aria-label={words.quoted}>
          {draft.quote}
        </blockquote>
        <IconButton
          icon="x"
          label={words.dropQuote}
          small
          onClick={() => {
            shell.write({ quote: "" });
            shell.focus();
          }}
        />
      </div>
      {options.pageside?.modes && (
        <div class="scopes" role="radiogroup" aria-label={words.scope}>
          {scopes.map(([scope, label]) => (
            <label key={scope}>
              <input
                type="radio"
                name="scope"
                checked={draft.scope === scope}
                onChange={() => shell.write({ scope })}
              />
              <span>{label}</span>
            </label>
          ))}
        </div>
      )}
    </div>
  );
}

export function Picks({ shell }: { shell: Shell }) {
  const { words } = useEnv();
  const { draft } = useStore(shell);
  if (!draft.files.length) return null;
  return (
    <ul class="picks" aria-label={words.attachments}>
      {draft.files.map((file) => (
        <li key={file.key} class={file.problem ? "pick wrong" : "pick"}>
          {file.preview ? <img src={file.preview} alt="" /> : <Icon name={file.image ? "image" : "file"} />}
          <span class="pick-name" dir="auto" title={file.name}>
            {file.name}
          </span>
          {file.problem ? (
            <span class="pick-problem" role="alert">
              {file.problem}
            </span>
          ) : (
            !file.attachment && (
              <progress value={file.share} max={1} aria-label={fill(words.uploading, { name: file.name })} />
            )
          )}
          <IconButton
            icon="x"
            label={fill(words.removeFile, { name: file.name })}
            small
            onClick={() => {
              shell.detach(file.key);
              shell.focus();
            }}
          />
        </li>
      ))}
    </ul>
  );
}
