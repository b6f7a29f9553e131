// <message-composer>: the form that writes. Without this script it is a plain form; with it: reply or note, the pair, drafts
// kept on the server, files, suggestions, the counter, the optimistic bubble and what must be asked before sending.

import { announce } from "../announce.js";
import { segments } from "../segments.js";
import { reason, say } from "../words.js";
import { ComposerFiles } from "./composer-files.js";
import { ComposerSuggest } from "./composer-suggest.js";
import { toast } from "./toast-stack.js";

const SAVE = 800;
const TYPING = 3000;

class MessageComposer extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.text = this.form.elements.text;
    this.texts = { reply: "", note: "" };
    this.texts[this.mode] = this.text.value;
    this.files = new ComposerFiles(this);
    this.suggest = new ComposerSuggest(this);
    this.other = JSON.parse(this.querySelector("script[data-other]")?.textContent ?? "null");
    if (this.other) this.texts[this.other.mode] = this.other.text;
    this.form.addEventListener("input", (event) => this.changed(event));
    this.form.addEventListener("change", (event) => event.target.name === "pair" && this.paired());
    this.form.addEventListener("submit", (event) => this.submit(event));
    this.form.addEventListener("keydown", (event) => this.key(event));
    this.addEventListener("click", (event) => this.clicked(event));
    this.onAnswer = (event) => this.answer(event.target.closest("[data-answer]"));
    document.getElementById("timeline")?.addEventListener("click", this.onAnswer);
    this.onLeave = () => this.save(true);
    window.addEventListener("pagehide", this.onLeave);
    this.refresh();
  }

  disconnectedCallback() {
    if (this.timer) this.save(true);
    window.removeEventListener("pagehide", this.onLeave);
  }

  get mode() {
    return this.form.elements.mode.value;
  }

  get pair() {
    return this.form.querySelector('input[name="pair"]:checked');
  }

  get token() {
    return JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "";
  }

  // ------------------------------------------------------------ what one sees

  /** Turn to reply or note, and put the caret there. */
  choose(mode) {
    if (mode !== this.mode) {
      this.texts[this.mode] = this.text.value;
      this.form.elements.mode.value = mode;
      this.form.dataset.mode = mode;
      this.text.value = this.texts[mode];
      this.text.placeholder = this.text.dataset[mode === "note" ? "placeholderNote" : "placeholderReply"];
      for (const tab of this.querySelectorAll("[role=tab]")) {
        tab.setAttribute("aria-selected", String(tab.dataset.mode === mode));
      }
      this.refresh();
    }
    this.text.focus();
  }

  clicked(event) {
    const tab = event.target.closest("[role=tab]");
    if (tab) this.choose(tab.dataset.mode);
    const insert = event.target.closest("[data-insert]");
    if (insert) {
      const gap = this.text.selectionStart && !/\s$/.test(this.text.value.slice(0, this.text.selectionStart)) ? " " : "";
      this.text.focus();
      this.text.setRangeText(gap + insert.dataset.insert, this.text.selectionStart, this.text.selectionEnd, "end");
      this.text.dispatchEvent(new Event("input", { bubbles: true }));
    }
    const answer = event.target.closest("[data-confirm-send]");
    if (answer) this.confirm(answer.dataset.confirmSend);
    if (event.target.closest("[data-dismiss]")) {
      this.ask("");
      this.text.focus();
    }
  }

  /** The question was answered with yes: send the same again. */
  confirm(what) {
    const { confirmed } = this.form.elements;
    confirmed.value = [confirmed.value, what].filter(Boolean).join(",");
    this.ask("");
    this.form.requestSubmit(this.lastSubmitter);
  }

  paired() {
    document.getElementById("pair-menu")?.hidePopover();
    this.changed();
    this.text.focus();
  }

  answer(button) {
    if (!button) return;
    this.choose("reply");
    this.form.elements.in_reply_to.value = button.dataset.answer;
    const pair = this.form.querySelector(`input[name="pair"][value="${button.dataset.pair}"]:not(:disabled)`);
    if (pair) pair.checked = true;
    const subject = document.querySelector(`#message-${button.dataset.answer} .mail-subject`)?.textContent;
    if (subject) this.form.elements.subject.value = /^re:/i.test(subject) ? subject : `Re: ${subject}`;
    this.refresh();
  }

  refresh() {
    const { pair } = this;
    for (const line of this.querySelectorAll("[data-needs]")) {
      const offered = this.mode === "note" ? line.dataset.needs === "files" : pair?.hasAttribute(`data-${line.dataset.needs}`);
      line.hidden = !offered;
    }
    if (pair) {
      this.querySelector("[data-pair-from]").textContent = pair.dataset.from;
      this.querySelector("[data-pair-to]").textContent = pair.dataset.to;
      this.querySelector("[data-pair-icon]").innerHTML = pair.closest("label").querySelector("svg").outerHTML;
      const label = this.querySelector("[data-label]");
      label.textContent = this.extra ? say("reply_to_many", { count: this.extra + 1 }) : pair.dataset.button;
    }
    this.counted();
    const busy = this.files?.running > 0;
    for (const button of this.querySelectorAll("[data-send]")) button.disabled = busy || (this.mode === "reply" && !pair);
  }

  /** How many people besides the addressee get it. */
  get extra() {
    if (!this.pair?.hasAttribute("data-cc")) return 0;
    const all = `${this.form.elements.cc.value},${this.form.elements.bcc.value}`;
    return all.split(/[,;]/).filter((each) => each.includes("@")).length;
  }

  counted() {
    const place = this.querySelector(".composer-counter");
    const limit = Number(this.pair?.dataset.limit ?? 0);
    const length = [...this.text.value].length;
    let words = "";
    if (this.pair?.dataset.segments) {
      const { units, count, left } = segments(this.text.value);
      words = count > 1 ? say("segments", { units, segments: count }) : `${units} / ${units + left}`;
    } else if (limit && length > limit * 0.8) words = `${length} / ${limit}`;
    place.textContent = words;
    place.hidden = !words || this.mode === "note";
    place.toggleAttribute("data-over", Boolean(limit) && length > limit);
  }

  // ------------------------------------------------------------ drafts

  changed() {
    this.refresh();
    this.error("");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), SAVE);
    this.tellTyping();
  }

  /** Colleagues and, where the channel can show it, the customer see that somebody writes. js/live.js carries it. */
  tellTyping() {
    const now = Date.now();
    if (now - (this.toldAt ?? 0) < TYPING || !this.text.value) return;
    this.toldAt = now;
    const detail = { customer: this.dataset.customer, mode: this.mode, pair: this.pair?.value ?? "" };
    document.dispatchEvent(new CustomEvent("agent-typing", { detail }));
  }

  save(leaving = false) {
    if (!this.timer || this.sending) return;
    clearTimeout(this.timer);
    this.timer = 0;
    const data = new FormData(this.form);
    data.delete("files");
    const options = { method: "POST", body: data, headers: { "X-CSRFToken": this.token, "HX-Request": "true" } };
    fetch(this.dataset.draftUrl, { ...options, keepalive: leaving }).then(
      (answer) => this.state(answer.ok ? say("draft_saved") : ""),
      () => this.state(say("draft_local")),
    );
  }

  state(words) {
    const place = this.querySelector(".composer-state");
    place.textContent = words;
    clearTimeout(this.fading);
    this.fading = setTimeout(() => (place.textContent = ""), 2500);
  }

  // ------------------------------------------------------------ sending

  key(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    const button = [...this.querySelectorAll("button[data-send]")].find((each) => each.offsetParent);
    if (button && !button.disabled) this.form.requestSubmit(button);
  }

  async submit(event) {
    event.preventDefault();
    if (this.sending || this.files.running) return;
    document.getElementById("send-menu")?.hidePopover();
    this.lastSubmitter = event.submitter ?? undefined;
    const data = new FormData(this.form, event.submitter);
    data.delete("files");
    this.sending = true;
    const ghost = this.optimistic();
    const headers = { "X-CSRFToken": this.token, "HX-Request": "true" };
    try {
      const answer = await fetch(this.form.action, { method: "POST", body: data, headers });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      ghost?.remove();
      if (answer.ok) this.sent(page, answer);
      else if (answer.status === 409) this.ask(page.body.innerHTML);
      else this.error(page.querySelector("[data-error]")?.textContent ?? say("not_sent"));
    } catch {
      ghost?.remove();
      this.error(say("not_sent_offline"));
    } finally {
      this.sending = false;
    }
  }

  optimistic() {
    const timeline = document.getElementById("timeline");
    if (!timeline || this.mode === "note" || !this.text.value.trim()) return null;
    const ghost = document.getElementById("optimistic").content.firstElementChild.cloneNode(true);
    ghost.querySelector(".bubble").textContent = this.text.value;
    timeline.insertBefore(ghost, timeline.querySelector(":scope > .typing"));
    timeline.toEnd();
    return ghost;
  }

  sent(page, answer) {
    const timeline = document.getElementById("timeline");
    const entry = page.querySelector(".entry");
    if (entry && timeline) {
      // It may have come by the live line already, and newer than in this answer.
      if (!document.getElementById(entry.id)) timeline.place(entry);
      timeline.toEnd();
    }
    this.clear();
    this.form.elements.client_key.value = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
    if (entry) this.form.elements.newest.value = entry.dataset.message;
    const triggers = JSON.parse(answer.headers.get("HX-Trigger") ?? "{}");
    for (const [name, detail] of Object.entries(triggers)) document.dispatchEvent(new CustomEvent(name, { detail }));
    for (const part of page.querySelectorAll("[hx-swap-oob]")) {
      const old = document.getElementById(part.id);
      if (!old) continue;
      part.removeAttribute("hx-swap-oob");
      old.replaceWith(part);
      window.htmx.process(part);
    }
    this.offerUndo(Number(answer.headers.get("X-Undo-Seconds") ?? 0), answer.headers.get("X-Cancel-Url"));
    this.text.focus();
  }

  offerUndo(seconds, cancelUrl) {
    if (!seconds || !cancelUrl) {
      announce(say("sent"));
      return;
    }
    toast(say("sending_in", { seconds }), { seconds, label: say("undo"), action: () => this.takeBack(cancelUrl) });
  }

  /** Not sent after all: what was written comes back. */
  async takeBack(cancelUrl) {
    const headers = { "X-CSRFToken": this.token, "HX-Request": "true" };
    const answer = await fetch(cancelUrl, { method: "POST", headers });
    if (!answer.ok) {
      toast(reason(answer.headers) || say("too_late"));
      return;
    }
    const composer = document.getElementById("composer");
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector(".entry");
    if (fresh) document.getElementById("timeline")?.place(fresh);
    const back = page.querySelector("[data-text]")?.textContent;
    if (composer && back && !composer.text.value) {
      composer.choose("reply");
      composer.text.value = back;
      composer.changed();
    }
  }

  clear() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.text.value = "";
    this.texts[this.mode] = "";
    this.form.elements.in_reply_to.value = "";
    this.form.elements.confirmed.value = "";
    this.files.clear();
    this.ask("");
    this.error("");
    this.refresh();
  }

  ask(html) {
    const place = this.querySelector(".composer-ask");
    place.innerHTML = html;
    place.hidden = !html;
    if (!html) return;
    // What the question shows has been seen: it is not asked about again.
    const seen = place.querySelector("[data-newest]")?.dataset.newest;
    if (seen) this.form.elements.newest.value = seen;
    place.querySelector("button")?.focus();
  }

  error(words) {
    this.querySelector(".composer-error").textContent = words;
  }
}

customElements.define("message-composer", MessageComposer);
