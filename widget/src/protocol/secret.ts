/** The secret that requests bear in hosted mode, got from the host and renewed in time. */

export type GetClientSecret = (current: string | null) => Promise<string>;

const AHEAD_MS = 30_000;

/** One secret for all requests; parallel requests share one renewal. */
export class Secret {
  #current: string | null = null;
  #renewal: Promise<string> | null = null;

  constructor(private readonly ask: GetClientSecret) {}

  /** The secret to send; asks for one where there is none, or where it says of itself that it ends soon. */
  get(): Promise<string> {
    if (this.#renewal) return this.#renewal;
    if (this.#current !== null && !endsSoon(this.#current)) return Promise.resolve(this.#current);
    return this.renew(this.#current);
  }

  /** A secret in place of `refused`, which no server takes any more; the current one where that is newer. */
  renew(refused: string | null): Promise<string> {
    if (this.#renewal) return this.#renewal;
    if (this.#current !== refused && this.#current !== null) return Promise.resolve(this.#current);
    const renewal = Promise.resolve(this.ask(refused))
      .then((secret) => {
        if (this.#renewal === renewal) this.#current = secret;
        return secret;
      })
      .finally(() => {
        if (this.#renewal === renewal) this.#renewal = null;
      });
    this.#renewal = renewal;
    return renewal;
  }

  /** Forgets the secret, and one that is on its way. */
  end(): void {
    this.#current = this.#renewal = null;
  }
}

/** Whether `secret` is a token that tells when it ends (RFC 7519, `exp`), and that is within half a minute. */
function endsSoon(secret: string): boolean {
  const [, body, seal] = secret.split(".");
  if (!body || !seal) return false;
  try {
    const { exp } = JSON.parse(atob(body.replace(/-/g, "+").replace(/_/g, "/"))) as { exp?: unknown };
    return typeof exp === "number" && exp * 1000 < Date.now() + AHEAD_MS;
  } catch {
    return false;
  }
}
