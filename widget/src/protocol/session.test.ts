import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { json, problem } from "../../tests/fake-server";
import { ServerSession } from "./session";

interface Call {
  path: string;
  bearer: string | null;
  method: string;
  body: unknown;
}

const HOUR = 3600;
let calls: Call[];
let made: number;
let lasts: number;
let refusing: (call: Call) => Response | undefined;

const fetching: typeof fetch = async (url, init) => {
  const { pathname } = new URL(String(url));
  const call = {
    path: pathname,
    bearer: new Headers(init?.headers).get("Authorization"),
    method: init?.method ?? "GET",
    body: init?.body ? JSON.parse(String(init.body)) : undefined,
  };
  calls.push(call);
  const refused = refusing(call);
  if (refused) return refused;
  if (call.method === "DELETE") return new Response(null, { status: 204 });
  await new Promise((resolve) => setTimeout(resolve, 2));
  return json({ client_secret: `pgs_${++made}`, session_id: "ses_1", expires_at: Date.now() / 1000 + lasts });
};

const session = () => new ServerSession("https://book.test/", { fetch: fetching });

function storage() {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name),
  };
}

beforeEach(() => {
  calls = [];
  made = 0;
  lasts = HOUR;
  refusing = () => undefined;
  vi.stubGlobal("localStorage", storage());
});

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("a session", () => {
  it("is begun when it is first needed, once for all that need it", async () => {
    const one = session();

    expect(await Promise.all([one.get(), one.get(), one.getClientSecret(null)])).toEqual([
      "pgs_1",
      "pgs_1",
      "pgs_1",
    ]);
    expect(calls).toEqual([{ path: "/api/chatkit/session", bearer: null, method: "POST", body: {} }]);
  });

  it("is kept for the next page and the other tabs", async () => {
    await session().get();

    expect(await session().get()).toBe("pgs_1");
    expect(calls).toHaveLength(1);
  });

  it("is renewed before it ends", async () => {
    lasts = 50;
    await session().get();
    lasts = HOUR;

    expect(await session().get()).toBe("pgs_2");
    expect(calls.at(-1)).toEqual({
      path: "/api/chatkit/refresh",
      bearer: "Bearer pgs_1",
      method: "POST",
      body: { existing_session_id: "ses_1" },
    });
  });

  it("is renewed when its secret is refused, and only then", async () => {
    const one = session();
    await one.get();

    expect(await one.getClientSecret("pgs_1")).toBe("pgs_2");
    // Another tab was refused with the old secret, too.
    expect(await session().renew("pgs_1")).toBe("pgs_2");
    expect(calls).toHaveLength(2);
  });

  it("is begun anew where it cannot be renewed", async () => {
    const one = session();
    await one.get();
    refusing = ({ path }) => (path.endsWith("/refresh") ? problem(404, "not_found", "Gone.") : undefined);

    expect(await one.renew("pgs_1")).toBe("pgs_2");
    expect(calls.map((call) => call.path)).toEqual([
      "/api/chatkit/session",
      "/api/chatkit/refresh",
      "/api/chatkit/session",
    ]);
  });

  it("is not lost because the server cannot renew it at the moment", async () => {
    const one = session();
    await one.get();
    refusing = () => problem(503, "unavailable", "Later.");

    await expect(one.renew("pgs_1")).rejects.toMatchObject({ status: 503 });
    refusing = () => undefined;
    expect(await one.get()).toBe("pgs_1");
  });

  it("that cannot be begun says why", async () => {
    refusing = () => problem(401, "unauthorized", "Sign in.");

    await expect(session().get()).rejects.toMatchObject({ status: 401, detail: "Sign in." });
  });

  it("is kept in the page where nothing can be stored", async () => {
    vi.stubGlobal("localStorage", {
      getItem: () => {
        throw new Error("forbidden");
      },
    });
    const one = session();
    await one.get();

    expect(await one.get()).toBe("pgs_1");
    expect(calls).toHaveLength(1);
  });

  it("is kept in the page where storage takes nothing, as a full or a sealed one", async () => {
    const read = storage();
    vi.stubGlobal("localStorage", {
      ...read,
      setItem: () => {
        throw new DOMException("full", "QuotaExceededError");
      },
    });
    const one = session();
    await one.get();

    expect(await one.get()).toBe("pgs_1");
    expect(await one.renew("pgs_1")).toBe("pgs_2");
    expect(await one.get()).toBe("pgs_2");
    expect(calls.map((call) => call.path)).toEqual(["/api/chatkit/session", "/api/chatkit/refresh"]);
  });

  it("can be ended", async () => {
    const one = session();
    await one.get();
    await one.end();

    expect(calls.at(-1)).toMatchObject({ method: "DELETE", bearer: "Bearer pgs_1" });
    expect(await one.get()).toBe("pgs_2");
  });

  it("is renewed by one tab at a time", async () => {
    let queue: Promise<unknown> = Promise.resolve();
    const locks = {
      request: (_: string, work: () => Promise<unknown>) => {
        const next = queue.then(work);
        queue = next.catch(() => {});
        return next;
      },
    };
    vi.stubGlobal("navigator", { locks });

    expect(await Promise.all([session().get(), session().get(), session().get()])).toEqual([
      "pgs_1",
      "pgs_1",
      "pgs_1",
    ]);
    expect(calls).toHaveLength(1);
  });
});

it("is begun all the same where the browser allows no locks", async () => {
  vi.stubGlobal("navigator", { locks: { request: () => Promise.reject(new Error("denied")) } });

  expect(await session().get()).toBe("pgs_1");
  refusing = () => problem(503, "unavailable", "Soon.");
  await expect(session().renew("pgs_1")).rejects.toThrow("Soon.");
  expect(calls).toHaveLength(2);
});

describe("the host's own tokens", () => {
  it("take the place of a session", async () => {
    let asked = 0;
    const one = new ServerSession("https://book.test", {
      fetch: fetching,
      getToken: async () => `jwt${++asked}`,
    });

    expect([await one.get(), await one.get(), await one.renew("jwt1"), await one.get()]).toEqual([
      "jwt1",
      "jwt1",
      "jwt2",
      "jwt2",
    ]);
    expect(calls).toEqual([]);
  });

  it("are asked for anew when the page gives others, and when the reader signs out", async () => {
    let asked = 0;
    const options = { fetch: fetching, getToken: async () => `ada${++asked}` };
    const one = new ServerSession("https://book.test", options);
    await one.get();
    options.getToken = async () => `bob${++asked}`;
    expect(await one.get()).toBe("bob2");
    await one.end();

    expect(await one.get()).toBe("bob3");
    expect(calls).toEqual([]);
  });

  it("that come after the reader has signed out are not kept", async () => {
    let give = (_: string) => {};
    const asked = vi.fn(() => new Promise<string>((resolve) => (give = resolve)));
    const one = new ServerSession("https://book.test", { fetch: fetching, getToken: asked });
    const late = one.get();
    await Promise.resolve();
    await one.end();
    give("ada");
    expect(await late).toBe("ada");
    asked.mockResolvedValue("bob");

    expect(await one.get()).toBe("bob");
  });
});
