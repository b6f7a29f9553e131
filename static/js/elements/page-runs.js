// Pages viewed one after the other are one card, "5 pages viewed", until somebody opens it.

const FEWEST = 2;
const isPage = (entry) => entry.dataset.touchpoint === "page";

/** Fold the runs among `entries`, which stand in `timeline` in this order. What was opened stays open. */
export function foldPages(timeline, entries) {
  const known = new Map([...timeline.querySelectorAll(":scope > .page-run")].map((card) => [card.dataset.run, card]));
  for (const run of runs(entries)) {
    const [first] = run;
    const open = run.some((entry) => entry.dataset.inRun === "open");
    const card = known.get(first.id) ?? makeCard(first);
    known.delete(first.id);
    card.lastElementChild.textContent = first.dataset.runOf.replace("{count}", run.length);
    card.setAttribute("aria-expanded", String(open));
    if (first.previousElementSibling !== card) first.before(card);
    for (const entry of run) entry.dataset.inRun = open ? "open" : "folded";
  }
  for (const card of known.values()) card.remove();
}

/** A click on the card: show its pages, or fold them. */
export function togglePages(card, entries) {
  const open = card.getAttribute("aria-expanded") !== "true";
  const run = [...runs(entries)].find(([first]) => first.id === card.dataset.run) ?? [];
  for (const entry of run) entry.dataset.inRun = open ? "open" : "folded";
  card.setAttribute("aria-expanded", String(open));
}

function* runs(entries) {
  let run = [];
  for (const entry of entries) {
    const follows = run.length && isPage(entry) && joined(run.at(-1), entry);
    if (!follows) {
      if (run.length >= FEWEST) yield run;
      else for (const single of run) delete single.dataset.inRun;
      run = [];
    }
    if (isPage(entry)) run.push(entry);
  }
  if (run.length >= FEWEST) yield run;
  else for (const single of run) delete single.dataset.inRun;
}

/** Nothing that the reader should see (a day's name, the line "since you last looked") stands between the two. */
function joined(last, entry) {
  const between = entry.previousElementSibling;
  return between === last || (between?.matches(".page-run") && between.previousElementSibling === last);
}

function makeCard(first) {
  const card = document.createElement("button");
  card.className = "page-run";
  card.type = "button";
  card.dataset.run = first.id;
  const icon = first.querySelector("svg")?.cloneNode(true);
  card.append(...(icon ? [icon] : []), document.createElement("span"));
  return card;
}
