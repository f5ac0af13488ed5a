import { useEnv } from "./env";
import { Icon } from "./Icon";
import type { Shell } from "./shell";
import { useStore } from "./store";

/** What stands where nothing has been asked yet: a greeting, and questions to begin with. */
export function StartScreen({ shell }: { shell: Shell }) {
  const { words } = useEnv();
  const { startScreen } = useStore(shell).options;
  const prompts = startScreen?.prompts ?? [];
  return (
    <div class="start">
      <h3 class="greeting" dir="auto">
        {startScreen?.greeting || words.greeting}
      </h3>
      {prompts.length > 0 && (
        <ul class="prompts">
          {prompts.map((prompt) => (
            <li key={prompt.label}>
              <button type="button" class="prompt" dir="auto" onClick={() => shell.prompt(prompt.prompt)}>
                {prompt.icon && <Icon name={prompt.icon} />}
                <span>{prompt.label}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
