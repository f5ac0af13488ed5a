// @vitest-environment jsdom
import { expect, test, vi } from "vitest";
import { Item } from "../src/items/Item";
import { at, button, doing, show } from "./rendering";

const network = vi.hoisted(() => ({ down: true }));
vi.mock("../src/ui/load", () => ({
  load: async (_: string, name: string) => {
    if (network.down) throw new Error("offline");
    return name === "widgets" ? import("../src/lazy/widgets") : {};
  },
}));

const widget = { type: "Card", children: [{ type: "Text", value: "Drawn" }] };
const item = {
  thread_id: "t",
  created_at: "",
  id: "w",
  type: "widget",
  widget,
  copy_text: "In words",
} as const;

test("a widget waits for its code, says itself in words where that does not come, and comes when tried again", async () => {
  const root = show(<Item item={item} />);
  expect(root.querySelector(".progress")).not.toBeNull();
  await doing(() => {});
  expect(root.textContent).toBe("In wordsTry again");

  network.down = false;
  await doing(() => button(root, "Try again").click());
  await vi.waitFor(async () => {
    await doing(() => {});
    at(root, ".widget");
  }, 5000);
  expect(root.textContent).toBe("Drawn");
  expect(show(<Item item={item} />).textContent).toBe("Drawn");
});
