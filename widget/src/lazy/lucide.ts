/** Every icon of Lucide, for names of which nobody thought before. */

import * as lucide from "lucide";

const byName = new Map<string, lucide.IconNode>();
for (const [name, drawing] of Object.entries(lucide)) {
  if (Array.isArray(drawing)) byName.set(name.toLowerCase(), drawing as lucide.IconNode);
}

/** The drawing of a Lucide name such as `a-arrow-down`. */
export function find(name: string): lucide.IconNode | undefined {
  return byName.get(name.replaceAll("-", ""));
}
