// Who else has this thread open, and whether the customer is writing.

import { say } from "../words.js";

let fading = 0;

export function showHere(frame) {
  const place = document.querySelector(`[data-presence="customer-${Number(frame.customer)}"]`);
  if (place && place.innerHTML !== frame.html) place.innerHTML = frame.html;
}

export function showTyping(frame) {
  const place = document.querySelector(`[data-typing="customer-${Number(frame.customer)}"]`);
  if (!place) return;
  clearTimeout(fading);
  place.replaceChildren();
  if (!frame.seconds) return;
  place.append(...[1, 2, 3].map(() => document.createElement("i")));
  const name = document.getElementById("thread-title")?.textContent ?? "";
  place.append(` ${say("customer_typing", { name })}`);
  const timeline = document.getElementById("timeline");
  if (timeline?.stuck) timeline.toEnd();
  fading = setTimeout(() => place.replaceChildren(), frame.seconds * 1000);
}
