/** A picture that opens large. */

import { useRef, useState } from "preact/hooks";
import { useEnv } from "../ui/env";
import { Icon } from "../ui/Icon";
import { imageUrl } from "../widgets/values";

interface Props {
  url: string;
  alt: string;
  class?: string;
}

/** The picture at `url` as a button that shows it large; its description where it cannot be shown. */
export function Picture({ url, alt, class: extra = "" }: Props) {
  const { words } = useEnv();
  const dialog = useRef<HTMLDialogElement>(null);
  const [failed, setFailed] = useState("");
  const src = imageUrl(url);
  if (!src || failed === src) {
    return (
      <span class="chip file" title={words.pictureFailed}>
        <Icon name="image" />
        <span class="name">{alt}</span>
      </span>
    );
  }
  const close = () => dialog.current?.close();
  return (
    <>
      <button type="button" class={`picture ${extra}`} onClick={() => dialog.current?.showModal()}>
        <img src={src} alt={alt} loading="lazy" onError={() => setFailed(src)} />
      </button>
      <dialog
        ref={dialog}
        class="large"
        aria-label={alt}
        onClick={close}
        onKeyDown={(event) => event.key === "Escape" && event.stopPropagation()}
      >
        <button type="button" class="icon-button" aria-label={words.close} onClick={close}>
          <Icon name="x" />
        </button>
        <img src={src} alt={alt} />
      </dialog>
    </>
  );
}
