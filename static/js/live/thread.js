// What happened in the open thread: entries are put, changed or taken away; what stands around it is fetched anew.

import { morph } from "../morph.js";

const AROUND = 150;
const MOST_AGAIN = 100;
const PAUSES = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000];
let fetching = 0;

const main = () => document.querySelector("#main[data-customer]");
const timeline = () => document.getElementById("timeline");

/** Which thread the page shows, and up to which event it knows it. */
export function opened() {
  const thread = main();
  if (!thread) return { customer: 0, conversation: 0, since: 0 };
  const { customer, conversation, since } = thread.dataset;
  return { customer: Number(customer), conversation: Number(conversation), since: Number(since) };
}

export function applyThread(frame) {
  const thread = main();
  if (!thread || Number(thread.dataset.customer) !== frame.customer) return;
  for (const event of frame.events) {
    if (event.id <= Number(thread.dataset.since)) continue;
    if (event.reload) {
      window.location.reload();
      return;
    }
    for (const id of event.gone ?? []) timeline()?.querySelector(`#${CSS.escape(id)}`)?.remove();
    for (const html of event.entries ?? []) put(parse(html), event);
    if (event.gone?.length) timeline()?.arrange();
    if (event.again) again(event.again);
    if (event.around) around();
    thread.dataset.since = event.id;
    const detail = { id: event.id, kind: event.kind, customer: frame.customer };
    document.dispatchEvent(new CustomEvent("live:event", { detail }));
  }
}

function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.querySelector(".entry");
}

function put(entry) {
  const place = timeline();
  if (!entry || !place) return;
  const known = document.getElementById(entry.id);
  if (known && known.dataset.order === entry.dataset.order) {
    morph(known, entry);
    window.htmx.process(known);
    place.arrange();
  } else if (!known && !matches(place, entry)) {
    if (entry.dataset.message) document.getElementById("beyond-filter")?.removeAttribute("hidden");
  } else if (known || fits(place, entry)) {
    seen(entry);
    place.place(entry);
  }
}

/** Whether the filter of the thread lets it through: as inbox/timeline.py decides it for a page. */
function matches(place, entry) {
  const { onlyChannel, onlyKind } = place.dataset;
  const { message, pair, direction } = entry.dataset;
  if (onlyChannel && pair?.split("-")[0] !== onlyChannel) return false;
  return !onlyKind || onlyKind === (message ? (direction === "note" ? "note" : "message") : entry.id.split("-")[0]);
}

/** Whether the entry lies in the part of the thread that the page has. What it has not will be fetched with its neighbours. */
function fits(place, entry) {
  const entries = place.entries;
  const { order } = entry.dataset;
  if (document.getElementById("timeline-older") && (!entries.length || order < entries[0].dataset.order)) return false;
  return !document.getElementById("timeline-newer") || (entries.length > 0 && order < entries.at(-1).dataset.order);
}

/** My own message comes by this line, too, perhaps before the answer to sending it: then its stand-in goes. And what arrives
 *  before somebody begins to write has been seen: the composer need not ask about it. */
function seen(entry) {
  const mine = entry.dataset.author === document.body.dataset.agentId;
  if (mine && entry.dataset.direction === "outbound") document.querySelector(".entry.is-sending")?.remove();
  const composer = document.getElementById("composer");
  if (entry.dataset.message && composer?.text && !composer.text.value && !document.hidden) composer.form.elements.newest.value = entry.dataset.message;
}

/** Fetch those entries anew that the page has: all (0) or those of some conversations. */
async function again(conversations, tries = 0) {
  const place = timeline();
  const wanted = place?.entries.filter(
    (entry) => entry.dataset.message && (conversations.includes(0) || conversations.includes(Number(entry.dataset.conversation))),
  );
  for (let start = 0; wanted && start < wanted.length; start += MOST_AGAIN) {
    const address = new URL("/live/entries/", window.location.href);
    for (const entry of wanted.slice(start, start + MOST_AGAIN)) address.searchParams.append("message", entry.dataset.message);
    const page = await read(address);
    if (timeline() !== place) return;
    if (!page) {
      setTimeout(() => timeline() === place && again(conversations, tries + 1), pause(tries));
      return;
    }
    for (const entry of page.querySelectorAll(".entry")) if (document.getElementById(entry.id)) put(document.adoptNode(entry));
  }
}

/** Verbs, matters, the customer's place and the pairs, as they are for me now. Asked once for what happens together. */
function around(tries = 0) {
  clearTimeout(fetching);
  fetching = setTimeout(async () => {
    const thread = main();
    if (!thread?.dataset.aroundUrl) return;
    const address = new URL(thread.dataset.aroundUrl, window.location.href);
    address.searchParams.set("in", document.body.dataset.view ?? "");
    const { onlyChannel, onlyKind } = timeline()?.dataset ?? {};
    if (onlyChannel) address.searchParams.set("channel", onlyChannel);
    if (onlyKind) address.searchParams.set("kind", onlyKind);
    const page = await read(address);
    if (main() !== thread) return;
    if (!page) {
      around(tries + 1);
      return;
    }
    const composer = document.getElementById("composer");
    const target = composer?.target;
    for (const part of [...page.body.children]) {
      const old = document.getElementById(part.id);
      if (old) window.htmx.process(morph(old, document.adoptNode(part)));
    }
    composer?.keepTarget(target);
  }, tries ? pause(tries - 1) : AROUND);
}

/** The page at this address; null when it could not be had, and asking again may help. What is gone (404) is empty. */
async function read(address) {
  const answer = await fetch(address, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer || answer.status >= 500 || answer.status === 429) return null;
  return new DOMParser().parseFromString(answer.ok ? await answer.text() : "", "text/html");
}

const pause = (tries) => PAUSES[Math.min(tries, PAUSES.length - 1)];
