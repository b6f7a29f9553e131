// The agent's page: loads the elements and joins them to htmx. Live updates are js/live.js.
// Events on document that anything may dispatch:
//   toast {text, undo}   show what happened        rows {ids}   these conversations changed: fetch their rows again
//   counts               fetch the rail's counts   composer-reply {message}   answer this message

import "./elements/agent-name.js";
import "./elements/command-palette.js";
import "./elements/conversation-list.js";
import "./elements/kept-form.js";
import "./elements/mail-body.js";
import "./elements/message-composer.js";
import "./elements/message-timeline.js";
import "./elements/relative-time.js";
import "./elements/theme-choice.js";
import "./elements/toast-stack.js";
import "./emoji.js";
import "./keyboard.js";
import "./menu.js";
import "./next.js";
import "./places.js";
import "./settings.js";
import { reason, say } from "./words.js";
import { toast } from "./elements/toast-stack.js";

// A failed request says so in words; what the person did stays as it is.
document.addEventListener("htmx:responseError", (event) => {
  const { status } = event.detail.xhr;
  if (status === 401 || status === 403) toast(say("signed_out"));
  else if (status === 404) toast(say("gone"));
  else toast(reason(event.detail.xhr.getResponseHeader("X-Reason") ?? "") || say("failed"));
});
document.addEventListener("htmx:sendError", () => toast(say("offline")));

// A conversation opened from a list belongs to that list: its address says which.
document.addEventListener("htmx:configRequest", (event) => {
  const view = document.body.dataset.view;
  if (view && event.detail.verb === "get" && event.detail.elt.matches(".row-link, .matter, .episode a")) {
    event.detail.parameters.in = view;
  }
});

document.addEventListener("click", (event) => {
  const copy = event.target.closest("[data-copy]");
  if (copy) {
    navigator.clipboard?.writeText(copy.dataset.copy).then(() => toast(say("copied")));
  }
});

// A question that must be answered before htmx sends anything.
document.addEventListener("htmx:confirm", (event) => {
  const question = event.target.dataset.confirm;
  if (!question) return;
  event.preventDefault();
  if (window.confirm(question)) event.detail.issueRequest(true);
});

document.addEventListener("counts", () => {
  const rail = document.getElementById("rail");
  if (rail?.dataset.countsUrl) window.htmx.ajax("GET", rail.dataset.countsUrl, { target: rail, swap: "none" });
});
