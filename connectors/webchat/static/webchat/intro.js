// The card that asks who is there: name and e-mail, both optional unless the channel requires them. What is typed is a claim;
// the server never takes it for a proof.
import { h } from "./dom.js";

export class IntroCard {
  constructor({ conversation, session, store, settings, words, told, saved }) {
    Object.assign(this, { conversation, session, store, settings, words, told, saved });
    this.name = h("input", { id: "intro-name", name: "name", autocomplete: "name", maxlength: "120", dir: "auto" });
    this.email = h("input", { id: "intro-email", name: "email", type: "email", autocomplete: "email", maxlength: "254", required: true });
    const later = h("button", { type: "button", class: "plain", onclick: () => this.#done() }, words("no_thanks"));
    this.element = h(
      "form",
      { class: "intro", hidden: true, onsubmit: (event) => this.#submit(event) },
      h("p", {}, words("intro")),
      h("label", { for: "intro-name" }, words("name")), this.name,
      h("label", { for: "intro-email" }, words("email")), this.email,
      h("div", { class: "row" }, h("button", { type: "submit", class: "primary" }, words("save")), later),
    );
  }

  reset() {
    this.element.reset();
  }

  /** Asked once, after the first message, of a visitor whom nobody vouched for. */
  update() {
    const known = this.store.get("identified") || this.store.get("introduced");
    this.element.hidden = !this.settings.ask_email || known || !this.conversation.started;
  }

  async #submit(event) {
    event.preventDefault();
    try {
      await this.conversation.ready();
      await this.session.begin({ name: this.name.value.trim(), email: this.email.value.trim() });
    } catch {
      this.told(this.words("intro_failed"));
      return;
    }
    this.#done();
    this.saved(this.email.value.trim());
    this.told(this.words(this.settings.continuity ? "introduced" : "thanks", { email: this.email.value.trim() }));
  }

  #done() {
    this.store.set({ introduced: true });
    this.update();
  }
}
