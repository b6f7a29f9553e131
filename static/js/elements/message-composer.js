// <message-composer>: the form that writes. Without this script it is a plain form; with it: reply or note, the pair and what it
// offers, the counter. Drafts, files, suggestions and sending are in composer-*.js.

import { segments } from "../segments.js";
import { say } from "../words.js";
import { ComposerDrafts } from "./composer-drafts.js";
import { ComposerFiles } from "./composer-files.js";
import { ComposerPeople } from "./composer-people.js";
import { ComposerSending } from "./composer-sending.js";
import { ComposerSuggest } from "./composer-suggest.js";
import { ComposerTemplates } from "./composer-templates.js";

const TYPING = 3000;

class MessageComposer extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.text = this.form.elements.text;
    this.texts = { reply: "", note: "" };
    this.texts[this.mode] = this.text.value;
    const { otherMode, otherText } = this.dataset;
    if (otherMode) this.texts[otherMode] = otherText;
    this.files = new ComposerFiles(this);
    this.people = new ComposerPeople(this);
    this.suggest = new ComposerSuggest(this);
    this.drafts = new ComposerDrafts(this);
    this.sending = new ComposerSending(this);
    this.templates = new ComposerTemplates(this);
    this.form.addEventListener("input", (event) => this.changed(event));
    this.form.addEventListener("change", (event) => event.target.name === "pair" && this.paired());
    this.form.addEventListener("keydown", (event) => this.key(event));
    this.addEventListener("click", (event) => this.clicked(event));
    this.onAnswer = (event) => {
      this.answer(event.target.closest("[data-answer]"));
      const taking = event.target.closest("[data-take-back]");
      if (taking) this.sending.takeBack(taking.dataset.takeBack);
    };
    document.getElementById("timeline")?.addEventListener("click", this.onAnswer);
    this.drafts.bringBack();
    this.refresh();
  }

  disconnectedCallback() {
    this.drafts.end();
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
      // What was just typed belongs to the other one, and is not written there any more when the time for saving has come.
      this.drafts.save();
      this.turn(mode);
    }
    this.text.focus();
  }

  turn(mode) {
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
    if (answer) this.sending.confirm(answer.dataset.confirmSend);
    if (event.target.closest("[data-unquote]")) {
      this.form.elements.in_reply_to.value = "";
      this.refresh();
    }
    if (event.target.closest("[data-dismiss]")) {
      this.ask("");
      this.text.focus();
    }
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
    this.people.add(button.dataset.people ?? "");
    const subject = document.querySelector(`#message-${button.dataset.answer} .mail-subject`)?.textContent;
    if (subject) this.form.elements.subject.value = /^re:/i.test(subject) ? subject : `Re: ${subject}`;
    this.refresh();
  }

  /** Whom it goes to, once somebody writes; null before. */
  get target() {
    const reply = this.mode === "reply" ? this.text.value : this.texts.reply;
    return reply ? (this.pair?.value ?? "") : null;
  }

  /** The pairs are new. Whoever writes already keeps theirs; if it cannot be used any more, they must choose another. */
  keepTarget(target) {
    if (target !== null) {
      for (const input of this.form.querySelectorAll('input[name="pair"]')) {
        input.checked = input.value === target && !input.disabled;
      }
    }
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
      label.textContent = this.extra ? say("reply_to_many", { count: this.extra + 1 }) : this.button(pair);
    } else if (this.querySelector('input[name="pair"]:not(:disabled)')) {
      this.querySelector("[data-pair-from]").textContent = "";
      this.querySelector("[data-pair-to]").textContent = say("choose_pair");
      this.querySelector("[data-label]").textContent = say("choose_pair");
    }
    this.people?.show();
    this.templates?.show();
    this.window(pair);
    this.quoting(pair);
    this.counted();
    const busy = this.files?.running > 0;
    for (const button of this.querySelectorAll("[data-send]")) button.disabled = busy || (this.mode === "reply" && !pair);
  }

  button(pair) {
    const privately = pair.dataset.private && this.form.elements.private?.checked;
    return privately ? pair.dataset.private : pair.dataset.button;
  }

  /** Until when the provider lets them answer, or why only a template goes. */
  window(pair) {
    const until = this.querySelector("[data-window]");
    if (pair?.dataset.until) until.setAttribute("datetime", pair.dataset.until);
    if (pair?.dataset.reason) this.querySelector("[data-reason]").textContent = pair.dataset.reason;
  }

  /** Which bubble this answers, where the channel can show that. */
  quoting(pair) {
    const line = this.querySelector("[data-quoting]");
    const id = this.form.elements.in_reply_to.value;
    line.hidden = this.mode === "note" || !id || !pair?.hasAttribute("data-quotes");
    if (line.hidden) return;
    const bubble = document.querySelector(`#message-${id} .bubble`);
    this.querySelector("[data-quoted]").textContent = bubble?.textContent.trim() ?? "";
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

  // ------------------------------------------------------------ what one writes

  /** Put this text into the field. */
  write(text) {
    this.text.value = text;
    this.refresh();
  }

  changed() {
    this.refresh();
    this.error("");
    this.drafts.later();
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

  /** All fields as they are posted; files have been uploaded already. */
  values(button) {
    const data = new FormData(this.form, button);
    data.delete("files");
    // A date that was only tried out sends nothing later.
    if (button?.value !== "at") data.delete("later_at");
    return data;
  }

  get headers() {
    return { "X-CSRFToken": this.token, "HX-Request": "true" };
  }

  key(event) {
    if (event.key === "Enter" && event.target.name === "later_at") {
      event.preventDefault();
      const send = event.target.nextElementSibling;
      if (event.target.value && !send.disabled) this.form.requestSubmit(send);
      return;
    }
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    const button = [...this.querySelectorAll("button[data-send]")].find((each) => each.offsetParent);
    if (button && !button.disabled) this.form.requestSubmit(button);
  }

  /** It has been written: begin anew. What was typed meanwhile stays. */
  sent(message) {
    const { elements } = this.form;
    this.texts[this.mode] = "";
    elements.client_key.value = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
    if (message) elements.newest.value = message;
    elements.in_reply_to.value = "";
    elements.confirmed.value = "";
    if (elements.private) elements.private.checked = false;
    this.files.clear();
    this.templates.clear();
    this.ask("");
    this.error("");
    this.refresh();
    this.text.focus();
  }

  // ------------------------------------------------------------ what there is to say

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
