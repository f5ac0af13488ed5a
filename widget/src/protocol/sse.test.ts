import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EventParser, type ServerEvent } from "./sse";

const bytes = (text: string) => new TextEncoder().encode(text);

function parsed(...pieces: Uint8Array[]): ServerEvent[] {
  const parser = new EventParser();
  return pieces.flatMap((piece) => parser.push(piece));
}

const data = (text: string) => parsed(bytes(text)).map((event) => event.data);

describe("an event stream", () => {
  it("gives the data of each event", () => {
    expect(data("data: one\n\ndata: two\n\n")).toEqual(["one", "two"]);
  });

  it("ends lines with LF, CR or CRLF, mixed", () => {
    expect(data("data: one\r\rdata: two\r\n\r\ndata: three\n\r\ndata: four\r\n\n")).toEqual([
      "one",
      "two",
      "three",
      "four",
    ]);
  });

  it("joins several data lines with a line feed, and takes away one space alone", () => {
    expect(data("data: a\ndata:b\ndata:  c\ndata\n\n")).toEqual(["a\nb\n c\n"]);
  });

  it("skips comments, unknown fields, and events without data", () => {
    expect(data(": keepalive\n\nevent: x\nretry: 9\nnonsense\n\ndata: one\n: more\n\n")).toEqual(["one"]);
  });

  it("skips a byte order mark at the beginning, and only there", () => {
    expect(data("\uFEFFdata: one\n\n\uFEFFdata: lost\n\n")).toEqual(["one"]);
    expect(parsed(new Uint8Array([0xef]), new Uint8Array([0xbb, 0xbf]), bytes("data: x\n\n"))).toHaveLength(
      1,
    );
  });

  it("keeps the last id for the events after it", () => {
    const events = parsed(bytes("id: 7\ndata: a\n\ndata: b\n\nid\ndata: c\n\nid: 1\u00002\ndata: d\n\n"));

    expect(events.map((event) => event.id)).toEqual(["7", "7", "", ""]);
  });

  it("takes an id from an event without data", () => {
    expect(parsed(bytes("id: 3\n\ndata: x\n\n"))).toEqual([{ id: "3", data: "x" }]);
  });

  it("drops half an event at the end", () => {
    expect(data("data: one\n\ndata: half\n")).toEqual(["one"]);
  });

  it("gives an event as soon as a carriage return ends it", () => {
    const parser = new EventParser();

    expect(parser.push(bytes("data: x\r\r"))).toEqual([{ id: "", data: "x" }]);
    expect(parser.push(bytes("\ndata: y\n\n"))).toEqual([{ id: "", data: "y" }]);
  });

  it("replaces bytes that are no UTF-8", () => {
    expect(parsed(bytes("data: "), new Uint8Array([0xff]), bytes("\n\n"))).toEqual([
      { id: "", data: "\uFFFD" },
    ]);
  });
});

describe("cut anywhere", () => {
  const STREAM = '\uFEFFid: 1\r\ndata: {"a":"é👋🏽"}\r\n\r\n: c\r\rid: 2\rdata: ر\n\r\ndata: last\r\n\n';

  it("a stream gives the same events at every two positions", () => {
    const all = bytes(STREAM);
    const whole = parsed(all);
    expect(whole.map((event) => event.data)).toEqual(['{"a":"é👋🏽"}', "ر", "last"]);

    for (let first = 0; first <= all.length; first++)
      for (let second = first; second <= all.length; second++)
        expect(parsed(all.slice(0, first), all.slice(first, second), all.slice(second))).toEqual(whole);
  });

  it("any text gives the same events, in any pieces", () => {
    const text = fc.array(
      fc.constantFrom("data: x", "data", "id: 4", ": c", "é", "👋", "\r", "\n", "\r\n", ":", "\uFEFF"),
    );
    const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 });
    fc.assert(
      fc.property(text, sizes, (parts, steps) => {
        const all = bytes(parts.join(""));
        const pieces: Uint8Array[] = [];
        for (let at = 0, step = 0; at < all.length; step++) {
          const size = steps[step % steps.length]!;
          pieces.push(all.slice(at, at + size));
          at += size;
        }
        expect(parsed(...pieces)).toEqual(parsed(all));
      }),
    );
  });
});
