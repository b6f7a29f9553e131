// What matters now about the customer: fetched anew when they did something elsewhere, look at another page, or left it.

import { morph } from "../morph.js";

const TOGETHER = 150;
let asked = 0;
let fading = 0;

const outlook = () => document.getElementById("outlook");
const shownSince = () => outlook()?.querySelector("[data-viewing]")?.dataset.viewing ?? "";

/** The customer looks at a page since that moment ("" for none). */
export function showViewing(frame) {
  if (Number(outlook()?.dataset.customer) === frame.customer && shownSince() !== frame.since) refresh();
}

function refresh(wait = TOGETHER) {
  clearTimeout(asked);
  asked = setTimeout(async () => {
    const place = outlook();
    if (!place) return;
    const answer = await fetch(place.dataset.url, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (!answer?.ok || outlook() !== place) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("outlook");
    if (fresh) window.htmx.process(morph(place, document.adoptNode(fresh)));
    watch();
  }, wait);
}

/** A page in view is forgotten by itself, without a word; then we ask whether it is. */
function watch() {
  clearTimeout(fading);
  const seconds = Number(outlook()?.dataset.asksAgain);
  if (seconds && shownSince()) fading = setTimeout(() => refresh(0), seconds * 1000);
}

document.addEventListener("live:event", (event) => {
  if (event.detail.kind === "touchpoint_recorded") refresh();
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "open") watch();
});
watch();
