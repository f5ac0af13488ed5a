// @vitest-environment jsdom
import { afterEach, beforeEach, expect, it, vi } from "vitest";

vi.mock("../element/where", () => ({ origin: () => location.origin, assets: () => "" }));

type Host = HTMLElement & { getToken?: (() => Promise<string>) | null; signOut(): Promise<void> };

const calls: string[] = [];
class Chat extends HTMLElement {
  setOptions = (options: { pageside: { credentials?: unknown } }) =>
    void calls.push(options.pageside.credentials ? "options with credentials" : "options");
  signOut = async () => void calls.push("signOut");
  fetchUpdates = async () => void calls.push("fetchUpdates");
  focusComposer = async () => {};
  setComposerValue = () => new Promise<void>((resolve) => void written.push(resolve));
}
const written: (() => void)[] = [];

const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

beforeEach(async () => {
  vi.stubGlobal(
    "CSSStyleSheet",
    class {
      replaceSync() {}
    },
  );
  vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener() {}, removeEventListener() {} }));
  vi.stubGlobal("fetch", async () => new Response("{}"));
  if (customElements.get("pageside-assistant")) return;
  customElements.define("pageside-chat", Chat);
});

afterEach(() => {
  vi.unstubAllGlobals();
});

it("another function for tokens is another reader, the first one is not", async () => {
  const host = document.body.appendChild(document.createElement("pageside-assistant")) as Host;
  const ada = async () => "ada";
  host.getToken = ada; // before the script has come
  const { Assistant } = await import("./assistant");
  customElements.define("pageside-assistant", Assistant);
  await settled();
  expect(Object.hasOwn(host, "getToken")).toBe(false);
  expect(host.getToken).toBe(ada);
  host.getToken = ada;
  await settled();
  expect(calls).toEqual([]);

  host.getToken = async () => "bob";
  await settled();
  expect(calls).toEqual(["options with credentials", "signOut"]);
  host.getToken = null;
  await settled();
  expect(calls.slice(2)).toEqual(["options", "signOut"]);
  host.getToken = ada; // what was tried without one is tried again
  await settled();
  expect(calls.slice(4)).toEqual(["options with credentials", "fetchUpdates"]);
  await host.signOut();
  expect(calls.at(-1)).toBe("signOut");
});

it("shows no composer before what the reader asks about stands in it", async () => {
  const host = document.querySelector("pageside-assistant") as Host & {
    open(options: { about: { text: string } }): Promise<void>;
  };
  const opened = host.open({ about: { text: "Smoke masks the alarm scent" } });
  await settled();
  const chat = host.shadowRoot?.querySelector<HTMLElement>("pageside-chat");
  expect(written).toHaveLength(1);
  expect(chat?.style.visibility).toBe("hidden");

  written[0]?.();
  await opened;
  expect(chat?.style.visibility).toBe("");
});
