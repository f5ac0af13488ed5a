/**
 * Bytes of an event stream to its events, however the bytes are cut.
 *
 * Source: the HTML standard, section 9.2.5 and 9.2.6 (parsing and interpreting an event stream).
 */

export interface ServerEvent {
  /** The last id that the stream has named, also by an event before this one; empty where it named none. */
  id: string;
  data: string;
}

/** Takes the bytes of one response as they come; half an event at its end is dropped, as the standard says. */
export class EventParser {
  // A TextDecoder keeps half a character for the next call, and drops one byte order mark at the very beginning.
  readonly #decoder = new TextDecoder();
  #rest = "";
  #afterReturn = false;
  #id = "";
  #data: string[] = [];

  /** The events that `bytes` complete. */
  push(bytes: Uint8Array): ServerEvent[] {
    const found: ServerEvent[] = [];
    let text = this.#decoder.decode(bytes, { stream: true });
    if (!text) return found;
    // A carriage return ends its line at once; the line feed that may follow it in the next bytes is part of it.
    if (this.#afterReturn && text[0] === "\n") text = text.slice(1);
    this.#afterReturn = text ? text.endsWith("\r") : false;
    const lines = text.split(/\r\n|\n|\r/);
    lines[0] = this.#rest + lines[0];
    this.#rest = lines.pop()!;
    for (const line of lines) {
      if (line) this.#field(line);
      else if (this.#data.length) found.push({ id: this.#id, data: this.#data.splice(0).join("\n") });
    }
    return found;
  }

  #field(line: string): void {
    const colon = line.indexOf(":");
    if (colon === 0) return;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (name === "data") this.#data.push(value);
    else if (name === "id" && !value.includes("\0")) this.#id = value;
  }
}
