/**
 * Who asks, on a page of another origin than the server's, where no cookie goes along: a session of the server.
 *
 * On the server's own origin nothing of this is needed.
 */

import type { Credentials } from "./client";
import { refused, unanswered } from "./errors";
import { Place } from "./place";
import { type GetClientSecret, Secret } from "./secret";

export interface SessionOptions {
  /**
   * The host's own tokens in place of a session, for servers that check them (`AUTH_MODE=jwt`). Read before each request:
   * another function is another reader's.
   */
  readonly getToken?: (() => Promise<string>) | null;
  fetch?: typeof fetch;
}

interface Made {
  client_secret: string;
  session_id: string;
  /** Seconds since 1970. */
  expires_at: number;
}

const AHEAD_S = 60;

/** A session that is begun when it is first needed, kept for all tabs, and renewed before it ends. */
export class ServerSession implements Credentials {
  #tokens: Secret | null = null;
  #getToken: SessionOptions["getToken"] = null;
  readonly #server: string;
  readonly #name: string;
  readonly #kept: Place<Made | null>;
  #renewal: Promise<string> | null = null;

  /** For the server at this address. */
  constructor(
    server: string,
    private readonly options: SessionOptions = {},
  ) {
    this.#server = server.replace(/\/$/, "");
    this.#name = `pageside:session:${this.#server}`;
    this.#kept = new Place(() => globalThis.localStorage, this.#name, null);
  }

  /** For `api.getClientSecret` of a ChatKit element or of chatkit-react; bound, so that it can be handed over as it is. */
  readonly getClientSecret = (current: string | null): Promise<string> =>
    current === null ? this.get() : this.renew(current);

  /** The secret to send with a request. */
  get(): Promise<string> {
    const tokens = this.#given();
    if (tokens) return tokens.get();
    const made = this.#kept.read();
    return made && lasts(made) ? Promise.resolve(made.client_secret) : this.#shared(null);
  }

  /** A secret in place of one that the server does not take any more. */
  renew(refusedSecret: string | null): Promise<string> {
    return this.#given()?.renew(refusedSecret) ?? this.#shared(refusedSecret);
  }

  /** Ends the session: its secret is dead, here and in every tab. Where another tab has done so, `elsewhere` is true. */
  async end(elsewhere = false): Promise<void> {
    this.#tokens?.end();
    if (elsewhere) return;
    const made = this.#kept.read();
    this.#kept.write(null);
    if (made) await this.#ask("session", made.client_secret, "DELETE").catch(() => null);
  }

  /** The host's tokens; null where it gives none. */
  #given(): Secret | null {
    const { getToken } = this.options;
    if (getToken !== this.#getToken) {
      this.#getToken = getToken;
      this.#tokens = getToken ? new Secret(getToken as GetClientSecret) : null;
    }
    return this.#tokens;
  }

  #shared(refusedSecret: string | null): Promise<string> {
    this.#renewal ??= this.#alone(() => this.#made(refusedSecret)).finally(() => {
      this.#renewal = null;
    });
    return this.#renewal;
  }

  /** One tab at a time, where browsers can do that and do not forbid it; the others find what it got. */
  async #alone(work: () => Promise<string>): Promise<string> {
    let working: Promise<string> | undefined;
    const begin = () => {
      working ??= work();
      return working;
    };
    try {
      return await globalThis.navigator.locks.request(this.#name, begin);
    } catch {
      return begin();
    }
  }

  async #made(refusedSecret: string | null): Promise<string> {
    const made = this.#kept.read();
    if (made && made.client_secret !== refusedSecret && lasts(made)) return made.client_secret;
    const renewed =
      made &&
      (await this.#ask("refresh", made.client_secret, "POST", { existing_session_id: made.session_id }));
    const next = renewed ?? (await this.#ask("session", null, "POST", {}));
    if (!next) throw unanswered("no session");
    this.#kept.write(next);
    return next.client_secret;
  }

  /** What the server answers; null for a renewal that it refuses, after which a session can but be begun anew. */
  async #ask(path: string, secret: string | null, method: string, body?: unknown): Promise<Made | null> {
    const headers = new Headers(body === undefined ? {} : { "Content-Type": "application/json" });
    if (secret !== null) headers.set("Authorization", `Bearer ${secret}`);
    const request = { method, headers, body: body === undefined ? undefined : JSON.stringify(body) };
    const send = this.options.fetch ?? globalThis.fetch;
    const response = await send(`${this.#server}/api/chatkit/${path}`, request).catch((error) => {
      throw unanswered(error);
    });
    if (response.ok) return response.status === 204 ? null : ((await response.json()) as Made);
    if (secret !== null && response.status >= 400 && response.status < 500 && response.status !== 429)
      return null;
    throw await refused(response);
  }
}

function lasts({ expires_at }: Made): boolean {
  return expires_at - AHEAD_S > Date.now() / 1000;
}
