// Sending: the stand-in at once, the entry when it is written, the text back when it was not; and undo while it has not left.

import { announce } from "../announce.js";
import { reason, say } from "../words.js";
import { toast } from "./toast-stack.js";

const timeline = () => document.getElementById("timeline");
const parse = (html) => new DOMParser().parseFromString(html, "text/html");

export class ComposerSending {
  constructor(composer) {
    this.composer = composer;
    composer.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit(event.submitter ?? undefined);
    });
  }

  /** The question was answered with yes: send the same again. */
  confirm(what) {
    const { confirmed } = this.composer.form.elements;
    confirmed.value = [confirmed.value, what].filter(Boolean).join(",");
    this.composer.ask("");
    this.composer.form.requestSubmit(this.button);
  }

  async submit(button) {
    const { composer } = this;
    // One after the other, so that they arrive in the order they were written.
    if (this.busy || composer.files.running) return;
    document.getElementById("send-menu")?.hidePopover();
    this.busy = true;
    this.button = button;
    const body = composer.values(button);
    const { mode } = composer;
    const written = composer.text.value;
    const standIn = this.standIn(written);
    composer.drafts.drop();
    composer.write("");
    const problem = await this.post(body);
    standIn?.remove();
    this.busy = false;
    if (problem === null) return;
    if (composer.mode === mode) {
      composer.write(composer.text.value ? `${written}\n${composer.text.value}` : written);
      composer.changed();
    } else composer.texts[mode] = written;
    problem();
  }

  /** null when it was written; else what there is to say about it. */
  async post(body) {
    const { composer } = this;
    try {
      const answer = await fetch(composer.form.action, { method: "POST", body, headers: composer.headers });
      const page = parse(await answer.text());
      if (answer.ok) {
        this.written(page, answer.headers);
        return null;
      }
      if (answer.status === 409) return () => composer.ask(page.body.innerHTML);
      return () => composer.error(page.querySelector("[data-error]")?.textContent ?? say("not_sent"));
    } catch {
      return () => composer.error(say("not_sent_offline"));
    }
  }

  standIn(text) {
    const line = timeline();
    if (!line || this.composer.mode === "note" || !text.trim()) return null;
    const standIn = document.getElementById("optimistic").content.firstElementChild.cloneNode(true);
    standIn.querySelector(".bubble").textContent = text;
    line.insertBefore(standIn, line.querySelector(":scope > .typing"));
    line.toEnd();
    return standIn;
  }

  written(page, headers) {
    const { composer } = this;
    const entry = page.querySelector(".entry");
    if (entry && timeline()) {
      // It may have come by the live line already, and newer than in this answer.
      if (!document.getElementById(entry.id)) timeline().place(entry);
      timeline().toEnd();
    }
    composer.sent(entry?.dataset.message);
    for (const part of page.querySelectorAll("[hx-swap-oob]")) this.swap(part);
    const news = JSON.parse(headers.get("HX-Trigger") ?? "{}");
    for (const [name, detail] of Object.entries(news)) document.dispatchEvent(new CustomEvent(name, { detail }));
    this.offerUndo(Number(headers.get("X-Undo-Seconds") ?? 0), headers.get("X-Cancel-Url"));
  }

  swap(part) {
    const old = document.getElementById(part.id);
    if (!old) return;
    part.removeAttribute("hx-swap-oob");
    old.replaceWith(part);
    window.htmx.process(part);
  }

  offerUndo(seconds, cancelUrl) {
    if (seconds && cancelUrl) {
      toast(say("sending_in", { seconds }), { seconds, label: say("undo"), action: () => this.takeBack(cancelUrl) });
    } else announce(say("sent"));
  }

  /** Not sent after all: what was written comes back, into whatever composer is there now. */
  async takeBack(cancelUrl) {
    const answer = await fetch(cancelUrl, { method: "POST", headers: this.composer.headers });
    if (!answer.ok) {
      toast(reason(answer.headers) || say("too_late"));
      return;
    }
    const page = parse(await answer.text());
    const entry = page.querySelector(".entry");
    const composer = document.getElementById("composer");
    if (entry && entry.dataset.conversation === composer?.dataset.conversation) timeline()?.place(entry);
    const back = page.querySelector("[data-text]")?.textContent;
    if (!back || composer !== this.composer || composer.texts.reply || (composer.mode === "reply" && composer.text.value)) return;
    composer.choose("reply");
    composer.write(back);
    composer.changed();
  }
}
