/** Speech into the composer: recorded here, written down by the server. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { Chat } from "../thread/state";

export type Dictating = "off" | "listening" | "writing";

const KINDS = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];

/** Begins and ends a recording; `onText` gets what was said. */
export function useDictation(
  chat: Chat,
  onText: (text: string) => void,
  onProblem: (problem: unknown) => void,
) {
  const [state, setState] = useState<Dictating>("off");
  const recorder = useRef<MediaRecorder | null>(null);
  const asking = useRef(false);
  const gone = useRef(false);

  useEffect(
    () => () => {
      gone.current = true;
      if (recorder.current) silence(recorder.current.stream);
    },
    [],
  );

  const begin = async () => {
    if (asking.current) return; // the browser is still asking for permission
    asking.current = true;
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      if (gone.current) return silence(stream);
      const kind = KINDS.find((one) => MediaRecorder.isTypeSupported(one));
      const made = new MediaRecorder(stream, kind ? { mimeType: kind } : undefined);
      const parts: Blob[] = [];
      made.ondataavailable = (event) => parts.push(event.data);
      made.onstop = async () => {
        silence(stream);
        setState("writing");
        try {
          onText(await chat.transcribe(new Blob(parts, { type: made.mimeType })));
        } catch (error) {
          onProblem(error);
        } finally {
          setState("off");
        }
      };
      recorder.current = made;
      made.start();
      setState("listening");
    } catch {
      setState("off");
      onProblem(null);
    } finally {
      asking.current = false;
    }
  };
  return {
    state,
    toggle: () => (state === "listening" ? recorder.current?.stop() : state === "off" ? begin() : undefined),
  };
}

/** Lets go of the microphone. */
function silence(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
