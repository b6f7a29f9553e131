// Live updates: joins the connection (live/connection.js) to the page. What arrives is the server's own fragments, put where they
// belong; nothing typed, focused or scrolled is touched. Events on document for other scripts:
//   live:event {id, kind, customer}   something happened in the open thread, and the page shows it
//   live:state {state}                "open", "polling" or "lost"

import { Connection } from "./live/connection.js";
import { showHere, showTyping } from "./live/here.js";
import { applyLists } from "./live/lists.js";
import { showViewing } from "./live/outlook.js";
import { applyThread, opened } from "./live/thread.js";

const bar = document.getElementById("connection");
const TAKE = { thread: applyThread, lists: applyLists, here: showHere, typing: showTyping, viewing: showViewing, reload: () => reopen() };

const connection = new Connection({
  about: () => ({ view: document.querySelector("conversation-list")?.dataset.view ?? "", ...opened() }),
  take: (frame) => TAKE[frame.t]?.(frame),
  state: (state) => {
    if (bar) bar.hidden = state !== "lost";
    document.body.dataset.live = state;
    document.dispatchEvent(new CustomEvent("live:state", { detail: { state } }));
  },
  loggedOut: () => reopen(),
});

/** The page is about something else now, or I may not be here any more. Drafts are saved as the page goes. */
function reopen() {
  window.location.reload();
}

if (document.body.dataset.agentId) connection.start();

// Another thread was opened in the page.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "open") connection.look();
});

// A page taken out of the browser's cache has been asleep.
window.addEventListener("pageshow", (event) => event.persisted && window.location.reload());

document.addEventListener("agent-typing", (event) => {
  const [channel, identity] = String(event.detail.pair).split("-").map(Number);
  connection.say({ t: "typing", mode: event.detail.mode, channel: channel || 0, identity: identity || 0 });
});
document.addEventListener("submit", (event) => {
  if (event.target.id === "composer-form") connection.say({ t: "typing", mode: "" });
});
