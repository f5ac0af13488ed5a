/** What was said, oldest first, and what is being said; it follows the end only for readers who are there. */

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Item, NoticeBox, ProblemBox, Progress } from "../items/Item";
import type { ThreadItem, UserMessageItem } from "../protocol/types";
import type { ChatState } from "../thread/state";
import { useEnv } from "./env";
import { Icon } from "./Icon";
import type { Shell } from "./shell";
import { useStore } from "./store";

const NEAR_PX = 48;

export function ThreadView({ shell }: { shell: Shell }) {
  const env = useEnv();
  const { chat, words } = env;
  const state = useStore(chat);
  const { options } = useStore(shell);
  const box = useRef<HTMLDivElement>(null);
  const { away, toEnd } = useFollowing(box, state, options.thread?.autoScroll === true);
  useAnnouncements(state);
  const busy = state.phase === "sending" || state.phase === "answering" || state.phase === "reconnecting";
  const shown = state.items.filter((item) => item.type !== "end_of_turn");
  const last = shown.at(-1);
  const lastAnswer = shown.findLast((item) => item.type === "assistant_message");
  const status = state.thread?.status;
  // A message that was refused is back in the composer, perhaps changed: what stands there is what is meant.
  const resend = state.problem?.retry === "send" && shell.sendable ? () => shell.send() : undefined;
  const actions = {
    feedback: !!options.threadItemActions?.feedback,
    retry: !!options.threadItemActions?.retry,
  };
  return (
    <div class="thread-frame">
      <div
        class="thread"
        ref={box}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached by keyboard
        tabIndex={0}
        role="log"
        aria-live="off"
        aria-busy={busy}
        aria-label={words.chat}
      >
        <div class="thread-items">
          {state.hasOlder && (
            <button type="button" class="quiet-button older" onClick={() => chat.loadOlder()}>
              {words.earlierMessages}
            </button>
          )}
          {shown.map((item) => (
            <Item key={item.id} item={item} last={item === lastAnswer} actions={actions} />
          ))}
          {state.pending && <Item key={state.pending.key} item={asItem(state)} last actions={actions} />}
          {busy && !isSaid(last, state) && (
            <Progress text={progress(state, words)} icon={state.progress?.icon} />
          )}
          {state.phase === "loading" && !shown.length && <Progress text="" />}
          {state.notices.map((notice) => (
            <NoticeBox
              key={notice.message}
              notice={notice}
              onDismiss={() => {
                chat.dismissNotice(notice);
                shell.focus(); // the button that had the focus is gone
              }}
            />
          ))}
          {state.problem && (
            <ProblemBox
              problem={state.problem}
              onRetry={resend}
              onDismiss={() => {
                chat.dismissProblem();
                shell.focus();
              }}
            />
          )}
          {(status?.type === "locked" || status?.type === "closed") && (
            <p class="ended" dir="auto">
              {status.reason || (status.type === "locked" ? words.locked : words.closed)}
            </p>
          )}
        </div>
      </div>
      {away && (
        <button type="button" class="jump" onClick={toEnd} aria-label={words.jump} title={words.jump}>
          <Icon name="chevron-down" />
        </button>
      )}
    </div>
  );
}

/** Whether the answer's own words show that it is going on. */
function isSaid(last: ThreadItem | undefined, state: ChatState): boolean {
  return (
    !!last &&
    state.growing.has(last.id) &&
    !state.progress &&
    state.phase !== "reconnecting" &&
    (last.type !== "assistant_message" || last.content.some((part) => part.text !== ""))
  );
}

function progress(state: ChatState, words: Record<string, string>): string {
  if (state.phase === "reconnecting") return (state.pending ? words.unreachable : words.reconnecting) ?? "";
  return state.progress?.text ?? words.thinking ?? "";
}

function asItem({ pending }: ChatState): UserMessageItem {
  const sent = pending!;
  return {
    id: sent.key,
    thread_id: "",
    created_at: "",
    type: "user_message",
    content: sent.content,
    attachments: sent.attachments,
    quoted_text: sent.quote,
    inference_options: sent.options,
  };
}

/** Keeps the end in sight for readers who are at the end, and shows others the way there. */
function useFollowing(box: { current: HTMLDivElement | null }, state: ChatState, follows: boolean) {
  const atEnd = useRef(true);
  const [away, setAway] = useState(false);
  const thread = useRef<string | null>(null);
  const firstId = useRef<string | undefined>(undefined);
  const height = useRef(0);
  const top = useRef(0);

  const toEnd = () => {
    const view = box.current;
    if (!view) return;
    atEnd.current = true;
    view.scrollTop = view.scrollHeight;
    setAway(false);
  };
  const settle = () => {
    const view = box.current;
    if (!view) return;
    if (atEnd.current && follows) view.scrollTop = view.scrollHeight;
    setAway(!isNear(view));
  };

  useEffect(() => {
    const view = box.current;
    if (!view) return;
    const look = () => {
      // Only a reader scrolls up; what grows below moves the end away from readers who have not moved.
      if (isNear(view)) atEnd.current = true;
      else if (view.scrollTop < top.current) atEnd.current = false;
      top.current = view.scrollTop;
      setAway(!isNear(view));
    };
    view.addEventListener("scroll", look, { passive: true });
    // What is in sight also grows without a change of state: parts that were fetched, pictures, a wider panel.
    const resized = new ResizeObserver(settle);
    resized.observe(view);
    if (view.firstElementChild) resized.observe(view.firstElementChild);
    return () => {
      view.removeEventListener("scroll", look);
      resized.disconnect();
    };
  }, [follows]);

  const pending = state.pending?.key;
  useLayoutEffect(() => {
    if (pending) toEnd(); // whoever has just written wants to see it, and what comes of it
  }, [pending]);

  useLayoutEffect(() => {
    const view = box.current;
    if (!view) return;
    const first = state.items[0]?.id;
    if (state.threadId !== thread.current && state.items.length && !pending) {
      thread.current = state.threadId;
      toEnd();
    } else if (first !== firstId.current && firstId.current && !atEnd.current) {
      view.scrollTop += view.scrollHeight - height.current; // earlier messages came in above what is being read
    } else settle();
    firstId.current = first;
    height.current = view.scrollHeight;
  }, [state]);

  return { away, toEnd };
}

function isNear(view: Element): boolean {
  return view.scrollHeight - view.scrollTop - view.clientHeight <= NEAR_PX;
}

/** Says when an answer begins and ends, and never every word of it. */
function useAnnouncements(state: ChatState) {
  const { announce, words } = useEnv();
  const before = useRef(state.phase);
  useEffect(() => {
    const was = before.current;
    before.current = state.phase;
    if (was === state.phase) return;
    if (state.phase === "answering" && was === "sending") announce(words.answerBegins);
    if (state.phase === "ready" && was === "stopping") announce(words.answerStopped);
    else if (state.phase === "ready" && was === "answering" && !state.problem) announce(words.answerEnds);
  }, [state.phase]);
}
