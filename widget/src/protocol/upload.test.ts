import { afterEach, describe, expect, it, vi } from "vitest";
import { FakeServer, json, problem } from "../../tests/fake-server";
import { Client, type ClientOptions } from "./client";
import type { RequestError } from "./errors";

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

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.fail("not refused"),
    (error) => error as RequestError,
  );

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("uploads", () => {
  const file = new File(["servo"], "servo.py", { type: "text/x-python" });
  const descriptor = {
    url: "http://files.test/up?token=t",
    method: "PUT",
    headers: { "Content-Type": "text/x-python" },
  };
  const announced = {
    id: "atc_1",
    name: "servo.py",
    mime_type: "text/x-python",
    type: "file",
    upload_descriptor: descriptor,
  };

  it("announce the file, then bring it where the server says, without proof of who asks", async () => {
    const server = new FakeServer();
    server.on = ({ op, method }) =>
      op === "attachments.create" ? json(announced) : method === "PUT" ? json({}) : undefined;
    const client = clientOf(server, {
      credentials: () => ({ get: async () => "s", renew: async () => "s" }),
    });
    const shares: number[] = [];
    const made = await client.upload(file, (share) => shares.push(share));

    expect(made).toEqual({ id: "atc_1", name: "servo.py", mime_type: "text/x-python", type: "file" });
    expect(server.asked[0]!.params).toEqual({ name: "servo.py", size: 5, mime_type: "text/x-python" });
    expect(server.asked[1]).toMatchObject({ method: "PUT", path: "/up?token=t" });
    expect(server.asked[1]!.headers.get("Authorization")).toBeNull();
    expect(server.asked[1]!.headers.get("Content-Type")).toBe("text/x-python");
    expect(shares).toEqual([0, 1]);
  });

  it("that are refused take the announced file back", async () => {
    const server = new FakeServer();
    server.on = ({ op, method }) =>
      op === "attachments.create"
        ? json(announced)
        : method === "PUT"
          ? problem(422, "wrong_type", "No picture.")
          : undefined;

    expect(await failure(clientOf(server).upload(file))).toMatchObject({
      code: "wrong_type",
      detail: "No picture.",
    });
    await vi.waitFor(() =>
      expect(server.asked.at(-1)).toMatchObject({
        op: "attachments.delete",
        params: { attachment_id: "atc_1" },
      }),
    );
  });

  it("can be direct", async () => {
    const server = new FakeServer();
    const bodies: unknown[] = [];
    const fetch: typeof globalThis.fetch = async (url, init) => {
      bodies.push([url, init?.method, (init!.body as FormData).get("file")]);
      return json({ id: "atc_2", type: "file", name: "servo.py", mime_type: "text/x-python" });
    };
    const uploadStrategy = { type: "direct" as const, uploadUrl: "http://book.test/up" };
    const client = clientOf(server, {
      api: { url: "http://book.test/chatkit", domainKey: "", fetch, uploadStrategy },
    });

    expect((await client.upload(file)).id).toBe("atc_2");
    expect(bodies).toEqual([["http://book.test/up", "POST", file]]);
  });

  it("can be given up", async () => {
    const server = new FakeServer();
    const giving = new AbortController();
    server.on = ({ op, method }) => {
      if (op === "attachments.create") return json(announced);
      if (method === "PUT") giving.abort();
      return undefined;
    };
    const fetch: typeof globalThis.fetch = async (url, init) => {
      const response = await server.fetch(url, init);
      init?.signal?.throwIfAborted();
      return response;
    };
    const client = clientOf(server, { api: { url: "http://book.test/chatkit", domainKey: "", fetch } });

    expect((await failure(client.upload(file, undefined, giving.signal))).name).toBe("AbortError");
    await vi.waitFor(() => expect(server.asked.at(-1)!.op).toBe("attachments.delete"));
  });

  it("tell how far they are, where the page sends them itself", async () => {
    const requests: FakeRequest[] = [];
    class FakeRequest {
      upload: { onprogress?: (event: { loaded: number; total: number }) => void } = {};
      onload?: () => void;
      onloadend?: () => void;
      status = 0;
      responseText = "";
      headers: Record<string, string> = {};
      open(method: string, url: string) {
        this.headers.to = `${method} ${url}`;
      }
      setRequestHeader(name: string, value: string) {
        this.headers[name] = value;
      }
      send() {
        requests.push(this);
      }
      end(status: number, text: string) {
        this.status = status;
        this.responseText = text;
        this.onload?.();
        this.onloadend?.();
      }
    }
    const server = new FakeServer();
    server.on = ({ op }) => (op === "attachments.create" ? json(announced) : undefined);
    vi.stubGlobal("XMLHttpRequest", FakeRequest);
    const client = hosted(server, async () => "s");
    const shares: number[] = [];
    const made = client.upload(file, (share) => shares.push(share));
    await vi.waitFor(() => expect(requests).toHaveLength(1));
    requests[0]!.upload.onprogress!({ loaded: 2, total: 5 });
    requests[0]!.end(204, "");
    expect((await made).id).toBe("atc_1");
    expect(shares).toEqual([0, 0.4, 1]);
    expect(requests[0]!.headers).toEqual({
      to: "PUT http://files.test/up?token=t",
      "Accept-Language": "ur",
      "Content-Type": "text/x-python",
    });

    const refused = failure(client.upload(file));
    await vi.waitFor(() => expect(requests).toHaveLength(2));
    requests[1]!.end(413, '{"code":"too_large","detail":"Too large."}');
    expect(await refused).toMatchObject({ status: 413, code: "too_large", detail: "Too large." });
  });
});
