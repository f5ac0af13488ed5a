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

  useEffect(
    () => () => {
      for (const track of recorder.current?.stream.getTracks() ?? []) track.stop();
    },
    [],
  );

  const begin = async () => {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      const kind = KINDS.find((one) => MediaRecorder.isTypeSupported(one));
      const made = new MediaRecorder(stream, kind ? { mimeType: kind } : undefined);
      const parts: Blob[] = [];
      made.ondataavailable = (event) => parts.push(event.data);
      made.onstop = async () => {
        for (const track of stream.getTracks()) track.stop();
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
    }
  };
  return {
    state,
    toggle: () => (state === "listening" ? recorder.current?.stop() : state === "off" ? begin() : undefined),
  };
}
