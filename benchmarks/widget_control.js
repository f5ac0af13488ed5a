// The control of `benchmarks.widget`: the whole answer made anew for every frame, as the simplest chat does it.
// Formulas stay as they are written, so it does less than the element.

let code;
import("/-/widget/lazy/code.js").then((module) => {
  code = module;
  globalThis.controlReady = true;
});

const escaped = (text) => text.replace(/[&<>]/g, (one) => `&#${one.charCodeAt(0)};`);
const html = (pieces) =>
  pieces
    .map((one) => (typeof one === "string" ? escaped(one) : `<span class="${one[0]}">${html(one[1])}</span>`))
    .join("");

function draw(place, text) {
  place.innerHTML = globalThis.marked.parse(text);
  for (const block of place.querySelectorAll("pre code")) {
    const language = /language-(\w+)/.exec(block.className)?.[1] ?? "";
    const pieces = code.highlight(block.textContent, language);
    if (pieces) block.innerHTML = html(pieces);
  }
  scrollTo(0, document.documentElement.scrollHeight);
}

globalThis.controlAsk = async (text) => {
  const place = document.body.appendChild(document.createElement("div"));
  const content = [{ type: "input_text", text }];
  const params = { input: { content, attachments: [], inference_options: {} } };
  const response = await fetch("/chatkit", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ type: "threads.create", params }),
  });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let [buffer, said, waiting] = ["", "", false];
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    const events = (buffer + value).split("\n\n");
    buffer = events.pop();
    for (const event of events) said += JSON.parse(event.slice(6)).update?.delta ?? "";
    if (waiting) continue;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      draw(place, said);
    });
  }
  draw(place, said);
};
