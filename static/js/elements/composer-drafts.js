// Drafts: what is being written is kept on the server, and in this tab when the connection is gone. Nothing typed is lost.

import { say } from "../words.js";

const WAIT = 800;
const SHOWN = 2500;

export class ComposerDrafts {
  constructor(composer) {
    this.composer = composer;
    this.bringBack();
    this.onLeave = () => this.save(true);
    window.addEventListener("pagehide", this.onLeave);
  }

  /** The composer goes: what has not been saved is saved now. */
  end() {
    this.save(true);
    window.removeEventListener("pagehide", this.onLeave);
  }

  get place() {
    return `draft-${this.composer.dataset.conversation}-${this.composer.mode}`;
  }

  /** What could not be saved when the connection was gone waits in this tab. */
  bringBack() {
    const kept = sessionStorage.getItem(this.place);
    if (kept && !this.composer.text.value) {
      this.composer.text.value = kept;
      this.later();
    }
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), WAIT);
  }

  save(leaving = false) {
    if (!this.timer) return;
    this.forget();
    const { place } = this;
    const body = this.composer.values();
    fetch(this.composer.dataset.draftUrl, { method: "POST", body, headers: this.composer.headers, keepalive: leaving }).then(
      (answer) => {
        if (answer.ok) sessionStorage.removeItem(place);
        this.show(answer.ok ? say("draft_saved") : "");
      },
      () => {
        sessionStorage.setItem(place, body.get("text"));
        this.show(say("draft_local"));
      },
    );
  }

  /** It is being sent: there is nothing to save. */
  forget() {
    clearTimeout(this.timer);
    this.timer = 0;
  }

  drop() {
    this.forget();
    sessionStorage.removeItem(this.place);
  }

  show(words) {
    const place = this.composer.querySelector(".composer-state");
    place.textContent = words;
    clearTimeout(this.fading);
    this.fading = setTimeout(() => (place.textContent = ""), SHOWN);
  }
}
