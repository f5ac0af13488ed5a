export function iconsByLetter(): Record<string, Record<string, import("lucide").IconNode>>;
