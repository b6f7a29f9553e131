// Sending: the stand-in at once, the entry when it is written, the text back when it was not; and undo while it has not left.

import { announce } from "../announce.js";
import { reason, say } from "../words.js";
import { toast } from "./toast-stack.js";

const STAYS = 60;
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
    composer.drafts.forget();
    composer.drafts.keep(mode, written);
    composer.write("");
    const problem = await this.post(body);
    standIn?.remove();
    this.busy = false;
    if (problem) this.refused(problem, body, mode, written);
    else composer.drafts.drop(mode, written);
  }

  /** null when it was written; else why not: in words, or as a question. */
  async post(body) {
    const { composer } = this;
    try {
      const answer = await fetch(composer.form.action, { method: "POST", body, headers: composer.headers });
      const page = parse(await answer.text());
      if (answer.ok) {
        this.written(page, answer.headers);
        return null;
      }
      if (answer.status === 409) return { question: page.body.innerHTML };
      if (answer.status === 401 || answer.status === 403) return { words: say("not_sent_signed_out") };
      return { words: page.querySelector("[data-error]")?.textContent ?? say("not_sent") };
    } catch {
      return { words: say("not_sent_offline") };
    }
  }

  /** The text goes back to where it was written, and why it did not leave to where the agent is now. */
  refused({ question, words }, body, mode, written) {
    const { composer } = this;
    const since = composer.mode === mode ? composer.text.value : "";
    const text = since ? `${written}\n${since}` : written;
    composer.texts[mode] = text;
    if (composer.mode === mode) composer.write(text);
    body.set("text", text);
    if (!composer.isConnected) {
      composer.drafts.put(body, true);
      const { url, name } = composer.dataset;
      const action = () => window.location.assign(url);
      toast(say("not_sent_to", { name }), { action, label: say("open"), seconds: STAYS });
      return;
    }
    if (composer.mode === mode) composer.changed();
    else composer.drafts.put(body);
    if (question) composer.ask(question);
    else composer.error(words);
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
    // Somebody who has gone on to another conversation has its thread before them, not this one's.
    if (this.composer.isConnected) this.show(page);
    const news = JSON.parse(headers.get("HX-Trigger") ?? "{}");
    for (const [name, detail] of Object.entries(news)) document.dispatchEvent(new CustomEvent(name, { detail }));
    if (!news.toast) this.offerUndo(Number(headers.get("X-Undo-Seconds") ?? 0), headers.get("X-Cancel-Url"));
  }

  show(page) {
    const entry = page.querySelector(".entry");
    if (entry && timeline()) {
      // It may have come by the live line already, and newer than in this answer.
      if (!document.getElementById(entry.id)) timeline().place(entry);
      timeline().toEnd();
    }
    this.composer.sent(entry?.dataset.message);
    for (const part of page.querySelectorAll("[hx-swap-oob]")) this.swap(part);
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
    const text = page.querySelector("[data-text]")?.textContent;
    const files = [...page.querySelectorAll(".composer-file")];
    if (text || files.length) this.bringBack(text, files, composer);
  }

  bringBack(text, files, composer) {
    if (composer?.dataset.conversation !== this.composer.dataset.conversation) {
      const body = this.composer.values();
      if (body.get("text")) return;
      body.set("mode", "reply");
      body.set("text", text);
      for (const file of files) body.append("attachment", file.dataset.file);
      this.composer.drafts.put(body);
    } else if (!composer.texts.reply && (composer.mode !== "reply" || !composer.text.value)) {
      composer.choose("reply");
      composer.write(text);
      composer.files.list.append(...files);
      composer.changed();
    }
  }
}
