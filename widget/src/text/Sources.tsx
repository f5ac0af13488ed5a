/** The list of sources under an answer. */

import type { Annotation, AnswerRecord } from "../protocol/types";
import { useEnv } from "../ui/env";

/** What an answer rests on, and how surely; nothing where it names no source. */
export function Sources({ annotations }: { annotations: readonly Annotation[]; record?: AnswerRecord }) {
  const { words } = useEnv();
  if (!annotations.length) return null;
  return (
    <section class="sources" aria-label={words.sources}>
      <ol>
        {annotations.map((annotation, at) => (
          <li key={at}>{annotation.source.title}</li>
        ))}
      </ol>
    </section>
  );
}
