// Drafts: what is being written is kept on the server, and in this tab until the server has said yes. Nothing typed is lost.

import { say } from "../words.js";

const WAIT = 800;
const SHOWN = 2500;

export class ComposerDrafts {
  constructor(composer) {
    this.composer = composer;
    this.onLeave = () => this.save(true);
    window.addEventListener("pagehide", this.onLeave);
  }

  /** The composer goes: what has not been saved is saved now. */
  end() {
    this.save(true);
    window.removeEventListener("pagehide", this.onLeave);
  }

  place(mode = this.composer.mode) {
    return `draft-${this.composer.dataset.conversation}-${mode}`;
  }

  /** What the server has not said yes to waits in this tab; it is newer than what the server knows. */
  bringBack() {
    const { composer } = this;
    const kept = ["reply", "note"].filter((mode) => sessionStorage.getItem(this.place(mode)) !== null);
    for (const mode of kept) composer.texts[mode] = sessionStorage.getItem(this.place(mode));
    if (!kept.length) return;
    composer.text.value = composer.texts[composer.mode];
    if (!kept.includes(composer.mode) && !composer.text.value) composer.turn(kept[0]);
    this.later();
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), WAIT);
  }

  save(leaving = false) {
    if (!this.timer) return;
    this.forget();
    this.put(this.composer.values(), leaving);
  }

  /** Into this tab, then to the server; only when it has said yes, this tab's copy goes. */
  async put(body, leaving = false) {
    const [mode, text] = [body.get("mode"), body.get("text")];
    this.keep(mode, text);
    const { headers, dataset } = this.composer;
    const sent = fetch(dataset.draftUrl, { method: "POST", body, headers, keepalive: leaving });
    const answer = await sent.catch(() => null);
    if (answer?.ok) this.drop(mode, text);
    this.show(say(answer?.ok ? "draft_saved" : "draft_local"));
  }

  keep(mode, text) {
    sessionStorage.setItem(this.place(mode), text);
  }

  /** The server has this text; what was typed since then stays. */
  drop(mode, text) {
    if (sessionStorage.getItem(this.place(mode)) === text) sessionStorage.removeItem(this.place(mode));
  }

  /** It is being sent: there is nothing to save. */
  forget() {
    clearTimeout(this.timer);
    this.timer = 0;
  }

  show(words) {
    const place = this.composer.querySelector(".composer-state");
    place.textContent = words;
    clearTimeout(this.fading);
    this.fading = setTimeout(() => (place.textContent = ""), SHOWN);
  }
}
