/** A React page with the unmodified `@openai/chatkit-react`; its address says which server it speaks with, and how. */

import { ChatKit, type UseChatKitOptions, useChatKit } from "@openai/chatkit-react";
import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";

const asked = new URL(location.href).searchParams;
const server = asked.get("server") ?? location.origin;

declare global {
  var heard: [string, unknown][];
  var secrets: (string | null)[];
  var chat: ReturnType<typeof useChatKit>;
}
globalThis.heard = [];
globalThis.secrets = [];

async function getClientSecret(current: string | null): Promise<string> {
  secrets.push(current);
  const answer = await fetch(`${server}/api/chatkit/session`, { method: "POST" });
  return (await answer.json()).client_secret;
}

/** As a host that speaks with a server elsewhere: by a session of its own, because no cookie goes there. */
let session: Promise<string> | undefined;
const authorized: typeof fetch = async (input, init) => {
  session ??= getClientSecret(null);
  const headers = new Headers(init?.headers);
  headers.set("Authorization", `Bearer ${await session}`);
  return fetch(input, { ...init, headers });
};

const custom: UseChatKitOptions["api"] = {
  url: `${server}/chatkit`,
  domainKey: "local",
  fetch:
    server === location.origin
      ? (input, init) => fetch(input, { ...init, credentials: "include" })
      : authorized,
};

function Host() {
  const [greeting, setGreeting] = useState("Good day");
  const chat = useChatKit({
    api: asked.get("api") === "hosted" ? { getClientSecret } : custom,
    startScreen: { greeting, prompts: [{ label: "Begin", prompt: "Hello" }] },
    initialThread: asked.get("thread"),
    onReady: () => heard.push(["ready", null]),
    onResponseStart: () => heard.push(["response.start", null]),
    onResponseEnd: () => heard.push(["response.end", null]),
    onThreadChange: (detail) => heard.push(["thread.change", detail]),
    onThreadLoadStart: (detail) => heard.push(["thread.load.start", detail]),
    onThreadLoadEnd: (detail) => heard.push(["thread.load.end", detail]),
    onError: ({ error }) => heard.push(["error", error.message]),
    onClientTool: () => ({ at: "the hive" }),
  });
  globalThis.chat = chat;
  return (
    <main>
      <h1>Host</h1>
      <button type="button" onClick={() => setGreeting("Good evening")}>
        Change
      </button>
      <ChatKit control={chat.control} className="chat-box" />
    </main>
  );
}

const root = createRoot(document.querySelector("#root")!);
root.render(
  process.env.NODE_ENV === "development" ? (
    <StrictMode>
      <Host />
    </StrictMode>
  ) : (
    <Host />
  ),
);
