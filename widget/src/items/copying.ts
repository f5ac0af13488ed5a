/** An answer as text to be pasted elsewhere. */

import type { Annotation, AssistantContent, Source } from "../protocol/types";

/** The Markdown of an answer without its markers, and a list of its sources behind it. */
export function copied(parts: readonly AssistantContent[], heading: string): string {
  const text = parts.map((part) => unmarked(part.text, part.annotations)).join("\n\n");
  const sources = [...new Set(parts.flatMap((part) => part.annotations.map((each) => line(each.source))))];
  const list = sources.map((source) => `- ${source}`).join("\n");
  return list ? `${text.trimEnd()}\n\n${heading}:\n${list}` : text;
}

/** `text` without the `[n]` behind which an annotation stands. */
function unmarked(text: string, annotations: readonly Annotation[]): string {
  const points = [...text];
  const ends = new Set(annotations.map((each) => each.index));
  for (const end of [...ends].sort((a, b) => (b ?? 0) - (a ?? 0))) {
    const marker = /\s?\[\d+\]$/.exec(points.slice(0, end ?? 0).join(""));
    if (marker) points.splice((end ?? 0) - [...marker[0]].length, [...marker[0]].length);
  }
  return points.join("");
}

function line(source: Source): string {
  const where = source.type === "url" ? source.url : source.type === "file" ? source.filename : "";
  return where && where !== source.title ? `${source.title}: ${where}` : source.title;
}
