/** What is going on, what the reader should know, and what went wrong. */

import { useEffect, useState } from "preact/hooks";
import { fill } from "../locale/strings";
import { Markdown } from "../text/Markdown";
import type { Notice, Problem } from "../thread/state";
import { useEnv } from "../ui/env";
import { Icon } from "../ui/Icon";
import { IconButton } from "../ui/IconButton";

/** What the assistant is doing before it speaks. */
export function Progress({ text, icon }: { text: string; icon?: string }) {
  return (
    <p class="progress">
      {icon ? <Icon name={icon} /> : <Icon name="loader" class="spin" />}
      <span class="shimmer" dir="auto">
        {text}
      </span>
    </p>
  );
}

const NOTICE_ICONS = { info: "info", warning: "triangle-alert", danger: "triangle-alert" } as const;

/** A notice of the server; it is announced once, and stays until it is dismissed. */
export function NoticeBox({ notice, onDismiss }: { notice: Notice; onDismiss(): void }) {
  const { words } = useEnv();
  useAnnounced([notice.title, notice.message].filter(Boolean).join(". "));
  return (
    <div class={`box ${notice.level}`}>
      <Icon name={NOTICE_ICONS[notice.level] ?? "info"} />
      <div class="body">
        {notice.title && (
          <p class="title" dir="auto">
            {notice.title}
          </p>
        )}
        <Markdown text={notice.message} />
      </div>
      <IconButton icon="x" label={words.dismiss} onClick={onDismiss} />
    </div>
  );
}

interface ProblemProps {
  problem: Problem;
  onRetry?: () => void;
  onDismiss?: () => void;
}

/** What went wrong last, and the way on from there: `onRetry`, else what the conversation does by itself. */
export function ProblemBox({ problem, onRetry, onDismiss }: ProblemProps) {
  const { words, chat } = useEnv();
  const left = useCountdown(problem);
  useAnnounced(problem.message);
  const offline = problem.code === "offline" || problem.code === "network";
  return (
    <div class="box danger">
      <Icon name={offline ? "wifi-off" : "triangle-alert"} />
      <div class="body">
        <p dir="auto">{problem.message}</p>
        {problem.request && <p class="small">{fill(words.requestId, { id: problem.request })}</p>}
        {problem.retry && (
          <button
            type="button"
            class="button"
            disabled={left > 0}
            onClick={onRetry ?? (() => chat.retry().catch(() => {}))}
          >
            <Icon name="rotate-ccw" />
            {left > 0 ? fill(words.retryIn, { seconds: left }) : words.retry}
          </button>
        )}
      </div>
      <IconButton icon="x" label={words.dismiss} onClick={onDismiss ?? (() => chat.dismissProblem())} />
    </div>
  );
}

/** Says `text` once to readers who do not see it appear. */
function useAnnounced(text: string) {
  const { announce } = useEnv();
  useEffect(() => announce(text), [text]);
}

/** Seconds until a server that asked to wait may be asked again. */
function useCountdown(problem: Problem): number {
  const [left, setLeft] = useState(problem.wait ?? 0);
  useEffect(() => {
    const until = Date.now() + (problem.wait ?? 0) * 1000;
    const tick = () => {
      const seconds = Math.max(0, Math.ceil((until - Date.now()) / 1000));
      setLeft(seconds);
      if (seconds === 0) clearInterval(timer);
    };
    const timer = setInterval(tick, 1000);
    tick();
    return () => clearInterval(timer);
  }, [problem]);
  return left;
}
