// @vitest-environment jsdom
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { en } from "../locale/en";
import { setup } from "./setup";

vi.mock("../element/where", () => ({ origin: () => location.origin }));

const view = { dark: false, locale: "en", words: en, buttons: [] };
const page = { scope: () => document.body, quoted: () => null, selected: () => null, navigate: () => false };
let asked: { path: string; bearer: string | undefined }[];

beforeEach(() => {
  asked = [];
  vi.stubGlobal("fetch", async (url: string, init: { headers?: Record<string, string> }) => {
    asked.push({ path: new URL(url).pathname, bearer: init.headers?.Authorization });
    return new Response(JSON.stringify({ entities: [] }));
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

it("requests bear the token of the function that the page gives now", async () => {
  const host: HTMLElement & { getToken?: (() => Promise<string>) | null } = document.createElement("div");
  const made = await setup(host, page);
  const search = () => made.options(view).entities?.onTagSearch?.("x");
  const credentials = () => made.options(view).pageside?.credentials;
  expect(credentials()).toBeUndefined();
  await search();
  host.getToken = async () => "ada";
  const first = credentials();
  await search();
  host.getToken = async () => "bob";
  await search();
  host.getToken = null;
  await search();

  expect(asked.slice(1).map(({ bearer }) => bearer)).toEqual([
    undefined,
    "Bearer ada",
    "Bearer bob",
    undefined,
  ]);
  host.getToken = async () => "cleo";
  // Asked anew for what the server offers, the page is the same page with the same session.
  expect((await setup(host, page)).options(view).pageside?.credentials).toBe(first);
});

it("a token that is refused is renewed once, also where names are looked up", async () => {
  const host: HTMLElement & { getToken?: (() => Promise<string>) | null } = document.createElement("div");
  const made = await setup(host, page);
  const tokens = ["old", "new"];
  host.getToken = async () => tokens.shift() ?? "none";
  vi.stubGlobal("fetch", async (url: string, init: { headers?: Record<string, string> }) => {
    const bearer = init.headers?.Authorization;
    asked.push({ path: new URL(url).pathname, bearer });
    return bearer === "Bearer new"
      ? new Response(JSON.stringify({ entities: [{ id: "1", title: "One" }] }))
      : new Response("{}", { status: 401 });
  });

  expect(await made.options(view).entities?.onTagSearch?.("x")).toHaveLength(1);
  expect(asked.slice(1).map(({ bearer }) => bearer)).toEqual(["Bearer old", "Bearer new"]);
});
