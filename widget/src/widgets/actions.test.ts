import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { actionOf, withFields } from "./actions";

const server = actionOf({ type: "send" })!;

/** What stands at `name` in `payload`, where dots lead inwards. */
function reached(payload: unknown, name: string): unknown {
  return name
    .split(".")
    .reduce<unknown>((inner, step) => (inner as Record<string, unknown>)?.[step], payload);
}

describe("an action", () => {
  test("is what a type makes it, with the defaults of the protocol", () => {
    expect(actionOf({ type: "send", payload: { a: 1 } })).toEqual({
      type: "send",
      payload: { a: 1 },
      handler: "server",
      loading: "auto",
      streaming: true,
    });
  });

  test.each([null, 1, "send", [], {}, { type: "" }, { type: 3 }])("is not %j", (value) => {
    expect(actionOf(value)).toBeNull();
  });

  test("falls back where a property is of another kind", () => {
    expect(actionOf({ type: "x", handler: "moon", loadingBehavior: 7, streaming: "no" })).toMatchObject({
      handler: "server",
      loading: "auto",
      streaming: true,
    });
  });
});

describe("fields in a payload", () => {
  const step = fc.stringMatching(/^[a-z][a-z0-9_]{0,5}$/);
  const name = fc.array(step, { minLength: 1, maxLength: 4 }).map((steps) => steps.join("."));
  const value = fc.oneof(fc.string(), fc.boolean());

  test("stand where their dotted names lead", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(name, value), { selector: ([key]) => key, maxLength: 8 }),
        (fields) => {
          // A name that leads through another one's value cannot keep both.
          const whole = fields.filter(
            ([key]) => !fields.some(([other]) => other.startsWith(`${key}.`) || key.startsWith(`${other}.`)),
          );
          const { payload } = withFields(server, whole);
          for (const [key, expected] of whole) expect(reached(payload, key)).toEqual(expected);
        },
      ),
    );
  });

  test("come beside what the server put there, and the server's own object is not touched", () => {
    const payload = { id: 7, todo: { list: "home" } };
    const config = actionOf({ type: "send", payload })!;

    expect(withFields(config, [["todo.title", "Milk"]]).payload).toEqual({
      id: 7,
      todo: { list: "home", title: "Milk" },
    });
    expect(payload).toEqual({ id: 7, todo: { list: "home" } });
  });

  test("without any, the payload goes as it is", () => {
    expect(withFields(actionOf({ type: "a", payload: [1, 2] })!, [])).toEqual({ type: "a", payload: [1, 2] });
    expect(withFields(server, [])).toEqual({ type: "send" });
  });

  test.each(["__proto__", "__proto__.polluted", "constructor.prototype.polluted", "a.__proto__.polluted"])(
    "named %s change no prototype",
    (bad) => {
      withFields(server, [[bad, "yes"]]);

      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    },
  );

  test.each([".", "a..b", ".a", "a."])("named %s keep their name, which is no path", (odd) => {
    expect(withFields(server, [[odd, "x"]]).payload).toEqual({ [odd]: "x" });
  });

  test("of any name never throw", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), value)), (fields) => void withFields(server, fields)),
    );
  });
});
