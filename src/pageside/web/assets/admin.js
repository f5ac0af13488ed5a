// What the pages of administration do beyond HTML: an update of the index that is followed, and moments in local time.
"use strict";

const STAGES = {
  waiting: "Waiting for another update to end",
  reading: "Reading pages",
  embedding: "Embedding passages",
  writing: "Writing the index",
};
const EVERY_MS = 1000;
const local = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const whole = new Intl.NumberFormat("en");

for (const time of document.querySelectorAll("time[datetime]")) {
  time.title = `${local.format(new Date(time.dateTime))}, your time`;
}

const cards = [...document.querySelectorAll("[data-index][data-updating=yes]")];

function show(card, updating) {
  const stage = card.querySelector("[data-stage]");
  const bar = card.querySelector("[data-progress]");
  const told = STAGES[updating.stage] ?? updating.stage;
  if (stage.textContent !== told) stage.textContent = told; // said aloud, so once for each stage
  if (updating.total > 0) {
    bar.max = updating.total;
    bar.value = updating.done;
    card.querySelector("[data-count]").textContent = `${whole.format(updating.done)} of ${whole.format(updating.total)}`;
  } else {
    bar.removeAttribute("value");
    card.querySelector("[data-count]").textContent = "";
  }
}

async function follow() {
  try {
    const answer = await fetch("/admin/index.json", { headers: { Accept: "application/json" }, redirect: "error" });
    if (answer.ok) {
      const states = await answer.json();
      for (const card of cards) {
        const state = states.find((each) => each.book === card.dataset.index);
        if (!state?.updating) {
          location.assign("/admin/index"); // where what came of it is said
          return;
        }
        show(card, state.updating);
      }
    }
  } catch {
    // the server is away for a moment: the next look may find it
  }
  setTimeout(follow, EVERY_MS);
}

if (cards.length > 0) setTimeout(follow, EVERY_MS);
