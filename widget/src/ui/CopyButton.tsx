/** A button that copies. */

import { useEffect, useState } from "preact/hooks";
import { copyText } from "./clipboard";
import { useEnv } from "./env";
import { IconButton } from "./IconButton";

/** Copies what `text` gives, and says that it did. */
export function CopyButton({ text, label }: { text: () => string; label: string }) {
  const { words, announce } = useEnv();
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), 2000);
    return () => clearTimeout(timer);
  }, [done]);
  const copy = async () => {
    if (!(await copyText(text()))) return;
    setDone(true);
    announce(words.copied);
  };
  return (
    <IconButton
      icon={done ? "check" : "copy"}
      label={label}
      title={done ? words.copied : label}
      onClick={copy}
    />
  );
}
