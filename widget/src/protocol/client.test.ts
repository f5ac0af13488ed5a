import { afterEach, describe, expect, it, vi } from "vitest";
import { answer, done, FakeServer, opening, problem } from "../../tests/fake-server";
import { Client, type ClientOptions } from "./client";
import { RequestError } from "./errors";
import { Secret } from "./secret";
import type { StreamEvent } from "./types";

const AT = { server: "http://book.test", ours: true, locale: () => "ur", context: () => ({ a: 1 }) };

function clientOf(server: FakeServer, options: Partial<ClientOptions> = {}): Client {
  return new Client({
    ...AT,
    api: { url: "http://book.test/chatkit", domainKey: "", fetch: server.fetch },
    ...options,
  });
}

/** A client in hosted mode, whose requests go through the page's own `fetch`. */
function hosted(server: FakeServer, getClientSecret: (current: string | null) => Promise<string>): Client {
  vi.stubGlobal("fetch", server.fetch);
  return new Client({ ...AT, api: { getClientSecret } });
}

async function heard(stream: AsyncIterable<StreamEvent>): Promise<string[]> {
  const types: string[] = [];
  for await (const event of stream) types.push(event.type);
  return types;
}

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.fail("not refused"),
    (error) => error as RequestError,
  );

const token = (seconds: number) => `h.${btoa(JSON.stringify({ exp: Date.now() / 1000 + seconds }))}.s`;

const FAKED = ["setTimeout", "clearTimeout", "Date", "performance"] as const;

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe("a request", () => {
  it("says what is asked, in which language, and from where", async () => {
    const server = new FakeServer();
    await clientOf(server).call("threads.list", { limit: 5, order: "desc" });

    expect(server.asked[0]).toMatchObject({
      method: "POST",
      path: "/chatkit",
      op: "threads.list",
      params: { limit: 5, order: "desc" },
      metadata: { a: 1 },
    });
    expect(server.asked[0]!.headers.get("Accept-Language")).toBe("ur");
    expect(server.asked[0]!.headers.get("Authorization")).toBeNull();
  });

  it("that is refused says why, by a problem document", async () => {
    const server = new FakeServer();
    server.on = () => problem(429, "too_many_requests", "Slower.", { "Retry-After": "3" });

    expect(await failure(clientOf(server).call("threads.list", {}))).toMatchObject({
      status: 429,
      code: "too_many_requests",
      detail: "Slower.",
      message: "Slower.",
      retryAfter: 3,
      requestId: "req_1",
      retryable: false,
    });
  });

  it.each([
    ["<html>Bad gateway</html>", 502, "http_502", "", true],
    ['{"detail":"Not found"}', 404, "http_404", "Not found", false],
    ['{"error":{"message":"No key.","code":"invalid_key"}}', 400, "invalid_key", "No key.", false],
    ['{"error":"Nope"}', 403, "http_403", "Nope", false],
    ['{"detail":[{"loc":["body"]}]}', 422, "http_422", "", false],
    ["", 401, "unauthorized", "", false],
    ["[1]", 429, "http_429", "", true],
  ])("refused with %s is told in what words there are", async (body, status, code, detail, retryable) => {
    const server = new FakeServer(false);
    server.on = () => new Response(body, { status, headers: { "X-Request-ID": "r" } });
    const error = await failure(clientOf(server).call("threads.list", {}));

    expect(error).toMatchObject({ status, code, detail, retryable, requestId: "r" });
    expect(error).toBeInstanceOf(RequestError);
  });

  it("that no server answers is a failure of the network", async () => {
    const server = new FakeServer();
    server.down = true;

    expect(await failure(clientOf(server).call("threads.list", {}))).toMatchObject({
      status: 0,
      code: "network",
    });
  });

  it("answered with something else than JSON is a failure", async () => {
    const server = new FakeServer();
    server.on = () => new Response("<html>");

    expect(await failure(clientOf(server).call("threads.list", {}))).toMatchObject({
      code: "no_json",
      status: 200,
    });
  });

  it("that is given up is no failure of the network", async () => {
    const error = await failure(clientOf(new FakeServer()).call("threads.list", {}, AbortSignal.abort()));

    expect(error.name).toBe("AbortError");
  });

  it("of a server that names its runs is one to a Pageside server", async () => {
    const server = new FakeServer(false);
    const client = clientOf(server, { ours: false });
    server.on = () => new Response("{}", { headers: { "X-Pageside-Run": "run_1" } });
    expect(client.ours).toBe(false);
    await client.call("threads.list", {});

    expect(client.ours).toBe(true);
  });
});

describe("hosted mode", () => {
  it("asks for one secret, and sends it to the server that the script came from", async () => {
    const server = new FakeServer();
    const asked: (string | null)[] = [];
    const client = hosted(server, async (current) => {
      asked.push(current);
      return "one";
    });
    await Promise.all([client.call("threads.list", {}), client.call("threads.list", {})]);
    const stream = client.stream(
      "threads.create",
      { input: { content: [], attachments: [], inference_options: {} } },
      "k",
    );
    const types = heard(stream);
    await vi.waitFor(() => expect(server.runs).toHaveLength(1));
    server.run.tell(...opening("q"), done(answer("msg_a1", "a"))).end();
    await types;

    expect(client.url).toBe("http://book.test/chatkit");
    expect(asked).toEqual([null]);
    expect(new Set(server.asked.map((each) => each.headers.get("Authorization")))).toEqual(
      new Set(["Bearer one"]),
    );
    // Whoever proves who they are is the same reader each time, so nothing needs to be asked first.
    expect(server.asked.filter((each) => each.op === "threads.list")).toHaveLength(2);
  });

  it("renews a secret that is refused, once for all that were", async () => {
    const server = new FakeServer();
    const asked: (string | null)[] = [];
    const client = hosted(server, async (current) => {
      asked.push(current);
      return asked.length === 1 ? "old" : "new";
    });
    server.on = ({ headers }) =>
      headers.get("Authorization") === "Bearer old" ? problem(401, "unauthorized", "Expired.") : undefined;
    await Promise.all([
      client.call("threads.list", {}),
      client.call("threads.list", {}),
      client.call("threads.list", {}),
    ]);

    expect(asked).toEqual([null, "old"]);
    expect(server.asked.filter((each) => each.headers.get("Authorization") === "Bearer new")).toHaveLength(3);
  });

  it("gives up where the renewed secret is refused, too", async () => {
    const server = new FakeServer();
    server.on = () => problem(401, "unauthorized", "Expired.");
    let asked = 0;
    const error = await failure(hosted(server, async () => `s${++asked}`).call("threads.list", {}));

    expect(error).toMatchObject({ status: 401, code: "unauthorized" });
    expect(asked).toBe(2);
  });

  it("renews the secret in the middle of an answer that is taken up", async () => {
    const server = new FakeServer();
    let asked = 0;
    const client = hosted(server, async () => `s${++asked}`);
    const stream = client.stream(
      "threads.create",
      { input: { content: [], attachments: [], inference_options: {} } },
      "k",
    );
    const types = heard(stream);
    await vi.waitFor(() => expect(server.runs).toHaveLength(1));
    server.run.tell(...opening("q"));
    await vi.waitFor(() => expect(stream.last).toBe("5"));
    server.on = ({ headers }) =>
      headers.get("Authorization") === "Bearer s1" ? problem(401, "x", "") : undefined;
    server.run.cut();
    server.run.tell(done(answer("msg_a1", "a"))).end();

    expect((await types).at(-1)).toBe("thread.item.done");
    expect(asked).toBe(2);
  });

  it("renews ahead a token that says when it ends", async () => {
    const server = new FakeServer();
    const given = [token(20), token(600), token(900)];
    const client = hosted(server, async () => given.shift()!);
    await client.call("threads.list", {});
    await client.call("threads.list", {});
    await client.call("threads.list", {});

    expect(given).toHaveLength(1);
  });

  it("asks again where the host failed", async () => {
    let asked = 0;
    const secret = new Secret(async () => {
      if (++asked === 1) throw new Error("no");
      return "s";
    });
    await expect(secret.get()).rejects.toThrow("no");

    expect(await secret.get()).toBe("s");
  });
});

describe("an answer", () => {
  const input = { input: { content: [], attachments: [], inference_options: {} } };

  it("that a proxy closes before its end is asked after, and 204 is the end", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0);
    const server = new FakeServer();
    const types = heard(clientOf(server).stream("threads.create", input, "k"));
    await vi.waitFor(() => expect(server.runs).toHaveLength(1));
    server.run.tell(opening("q")[0]!).end();

    expect(await types).toEqual(["thread.created"]);
    expect(server.calls).toEqual(["threads.create", "GET /chatkit/runs/run_1/events"]);
  });

  it("that is told to its end is not asked after", async () => {
    const server = new FakeServer();
    const types = heard(clientOf(server).stream("threads.create", input, "k"));
    await vi.waitFor(() => expect(server.runs).toHaveLength(1));
    server.run.tell(...opening("q"), done(answer("msg_a1", "a"))).end();
    await types;

    expect(server.calls).toEqual(["threads.create"]);
  });

  it("of a connection that is silent for too long is taken up anew", async () => {
    vi.useFakeTimers({ toFake: [...FAKED] });
    const server = new FakeServer();
    const lost: boolean[] = [];
    const stream = clientOf(server).stream("threads.create", input, "k", { onLost: (now) => lost.push(now) });
    const types = heard(stream);
    await vi.advanceTimersByTimeAsync(10);
    server.run.tell(...opening("q"));
    await vi.advanceTimersByTimeAsync(44_000);
    expect(lost).toEqual([]);
    await vi.advanceTimersByTimeAsync(2000);
    expect(lost).toEqual([true]);
    server.run.tell(done(answer("msg_a1", "a"))).end();
    await vi.advanceTimersByTimeAsync(1000);

    expect((await types).filter((type) => type === "thread.item.done")).toHaveLength(2);
    expect(lost).toEqual([true, false]);
  });

  it("of a server that stays away is given up after two minutes, with ever longer pauses", async () => {
    vi.useFakeTimers({ toFake: [...FAKED] });
    const server = new FakeServer();
    const types = failure(heard(clientOf(server).stream("threads.create", input, "k")));
    await vi.advanceTimersByTimeAsync(10);
    server.run.tell(...opening("q"));
    await vi.advanceTimersByTimeAsync(10);
    server.down = true;
    const before = server.asked.length;
    server.run.cut();
    await vi.advanceTimersByTimeAsync(200_000);

    expect(await types).toMatchObject({ code: "network" });
    expect(server.asked.length - before).toBeGreaterThan(12);
    expect(server.asked.length - before).toBeLessThan(35);
  });

  it.each([
    [
      "a page to sign in on",
      () => new Response("<html>Sign in</html>", { headers: { "Content-Type": "text/html" } }),
    ],
    ["streams without an end", () => new Response("", { headers: { "Content-Type": "text/event-stream" } })],
  ])("of a server that gives %s in its place is given up after two minutes, too", async (_, given) => {
    vi.useFakeTimers({ toFake: [...FAKED] });
    const server = new FakeServer();
    const types = failure(heard(clientOf(server).stream("threads.create", input, "k")));
    await vi.advanceTimersByTimeAsync(10);
    server.run.tell(...opening("q"));
    await vi.advanceTimersByTimeAsync(10);
    server.on = ({ path }) => (path.includes("/runs/") ? given() : undefined);
    const before = server.asked.length;
    server.run.cut();
    await vi.advanceTimersByTimeAsync(200_000);

    expect(await types).toMatchObject({ code: "network" });
    expect(server.asked.length - before).toBeLessThan(35);
  });

  it("is waited for as long whatever becomes of the clock", async () => {
    vi.useFakeTimers({ toFake: [...FAKED] });
    const server = new FakeServer();
    const types = heard(clientOf(server).stream("threads.create", input, "k"));
    await vi.advanceTimersByTimeAsync(10);
    server.run.tell(...opening("q"));
    await vi.advanceTimersByTimeAsync(10);
    server.down = true;
    server.run.cut();
    await vi.advanceTimersByTimeAsync(1000);
    vi.setSystemTime(Date.now() + 86_400_000);
    await vi.advanceTimersByTimeAsync(30_000);
    server.down = false;
    server.run.tell(done(answer("msg_a1", "a"))).end();
    await vi.advanceTimersByTimeAsync(10_000);

    expect((await types).at(-1)).toBe("thread.item.done");
  });

  it("survives a server that restarts and refuses for a while", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0);
    const server = new FakeServer();
    const types = heard(clientOf(server).stream("threads.create", input, "k"));
    await vi.waitFor(() => expect(server.runs).toHaveLength(1));
    server.run.tell(...opening("q"));
    await vi.waitFor(() => expect(server.run.frames).toHaveLength(5));
    await new Promise((resolve) => setTimeout(resolve, 10));
    let refusals = 2;
    server.on = ({ path }) =>
      path.includes("/runs/") && refusals-- > 0 ? new Response("", { status: 502 }) : undefined;
    server.run.cut();
    server.run.tell(done(answer("msg_a1", "a"))).end();

    expect((await types).length).toBe(6);
  }, 15_000);

  it("is not followed any more once it is left", async () => {
    const server = new FakeServer();
    const stream = clientOf(server).stream("threads.create", input, "k");
    const types = heard(stream);
    await vi.waitFor(() => expect(server.runs).toHaveLength(1));
    server.run.tell(opening("q")[0]!);
    await vi.waitFor(() => expect(stream.last).toBe("1"));
    stream.leave();

    expect(await types).toEqual(["thread.created"]);
    expect(server.run.stops).toBe(0);
  });
});
