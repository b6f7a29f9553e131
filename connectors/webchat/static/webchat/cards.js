// The cards in the conversation: who is there (a claim), proving it by a code, going on on another device.
import { drawing, h } from "./dom.js";

const AGAIN = 60;
const REASONS = { slow: "prove_slow", address: "prove_address", unreachable: "prove_unreachable" };

/** Asks who is there. What is typed is a claim; the server never takes it for a proof. */
export class IntroCard {
  constructor({ conversation, session, store, settings, words, told, saved }) {
    Object.assign(this, { conversation, session, store, settings, words, told, saved });
    this.name = h("input", { id: "intro-name", name: "name", autocomplete: "name", maxlength: "120", dir: "auto" });
    this.email = h("input", { id: "intro-email", name: "email", type: "email", autocomplete: "email", maxlength: "254", required: true });
    const later = h("button", { type: "button", class: "plain", onclick: () => this.#done() }, words("no_thanks"));
    this.element = h(
      "form",
      { class: "card intro", hidden: true, onsubmit: (event) => this.#submit(event) },
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

/** Shows who somebody is: an address is typed, a code goes there, the code is typed. By plain calls, so that each question has its
 *  answer whatever the line does. */
export class ProofCard {
  #clock = null;

  constructor({ conversation, session, store, words, told }) {
    Object.assign(this, { conversation, session, store, words, told });
    this.error = h("p", { class: "error", id: "proof-error", role: "alert" });
    this.element = h("form", { class: "card proof", hidden: true, novalidate: true });
  }

  /** Whether there is anything left to prove. */
  get possible() {
    return !this.store.get("identified") && !this.store.get("proven");
  }

  /** The address is known already: one tap sends the code. */
  offer(address) {
    if (this.possible) this.#draw(() => this.#send(address), [h("p", {}, this.words("prove_why"))], "prove_send");
  }

  ask() {
    const { words } = this;
    const input = this.#input({ autocomplete: "email", inputmode: "email", maxlength: "254" });
    const lines = [h("p", {}, words("prove_why")), h("label", { for: "proof" }, words("prove_to")), input];
    this.#draw(() => this.#send(input.value.trim()), lines, "prove_send");
    input.focus();
  }

  close() {
    clearInterval(this.#clock);
    this.element.hidden = true;
    this.element.replaceChildren();
  }

  async #send(address) {
    const answer = await this.#call({ t: "prove", address });
    if (answer) this.#typing(address, answer.to);
  }

  #typing(address, to) {
    const { words } = this;
    const input = this.#input({ autocomplete: "one-time-code", inputmode: "numeric", maxlength: "12", class: "code" });
    const again = h("button", { type: "button", class: "plain", onclick: () => this.#send(address) });
    const lines = [h("p", {}, words("code_sent", { to })), h("label", { for: "proof" }, words("code")), input];
    this.#draw(() => this.#check(input), lines, "code_check", again);
    const until = Date.now() + AGAIN * 1000;
    const tick = () => {
      const n = Math.ceil((until - Date.now()) / 1000);
      again.disabled = n > 0;
      again.textContent = n > 0 ? words("code_wait", { n }) : words("code_again");
      if (n <= 0) clearInterval(this.#clock);
    };
    this.#clock = setInterval(tick, 1000);
    tick();
    input.focus();
  }

  async #check(input) {
    const answer = await this.#call({ t: "code", code: input.value });
    if (!answer) return;
    if (answer.t === "wrong") {
      this.#wrong(input, "code_wrong");
      return;
    }
    this.store.set({ introduced: true, proven: true });
    this.close();
    this.told(this.words("proven"));
    this.conversation.dispatchEvent(new CustomEvent("change", { detail: { fresh: [] } }));
  }

  /** The server's answer; undefined if it said no, which is then on the card. */
  async #call(frame) {
    const input = this.element.querySelector("input");
    const button = this.element.querySelector(".primary");
    this.error.textContent = "";
    button.disabled = true;
    try {
      await this.conversation.ready();
      const [answer] = (await this.session.post("frames", { frames: [frame] })).frames;
      if (answer.t !== "refused") return answer;
      this.#wrong(input, REASONS[answer.reason] || "prove_failed");
    } catch (error) {
      this.#wrong(input, error.wait ? "prove_slow" : "prove_failed");
    } finally {
      button.disabled = false;
    }
  }

  #wrong(input, key) {
    this.error.textContent = this.words(key);
    input?.setAttribute("aria-invalid", "true");
    input?.select();
  }

  #input(attributes) {
    return h("input", { id: "proof", dir: "auto", required: true, spellcheck: "false", "aria-describedby": "proof-error", ...attributes });
  }

  #draw(submit, lines, label, other = h("button", { type: "button", class: "plain", onclick: () => this.close() }, this.words("no_thanks"))) {
    this.close();
    this.error.textContent = "";
    this.element.onsubmit = (event) => {
      event.preventDefault();
      submit();
    };
    this.element.append(...lines, this.error, h("div", { class: "row" }, h("button", { type: "submit", class: "primary" }, this.words(label)), other));
    this.element.hidden = false;
    this.element.scrollIntoView({ block: "nearest" });
  }
}

/** Lets the visitor go on elsewhere: by a picture for the other device's camera, or a link to the address they have proven. */
export class CarryCard {
  constructor({ session, store, words, told }) {
    Object.assign(this, { session, store, words, told });
    this.element = h("div", { class: "card carry", hidden: true, tabindex: "-1" });
  }

  async show() {
    const { words } = this;
    const answer = await this.#call({ t: "carry" });
    if (!answer) return;
    const { size, path } = answer;
    const post = this.store.get("proven") && h("button", { type: "button", class: "primary", onclick: () => this.#post() }, words("carry_post"));
    const done = h("button", { type: "button", class: "plain", onclick: () => this.close() }, words("close_card"));
    const picture = drawing(path, { viewBox: `0 0 ${size} ${size}`, class: "qr", role: "img", "aria-label": words("carry") });
    this.element.replaceChildren(h("p", {}, words("carry_scan")), picture, h("div", { class: "row" }, post, done));
    this.element.hidden = false;
    this.element.scrollIntoView({ block: "nearest" });
    this.element.focus();
  }

  close() {
    this.element.hidden = true;
    this.element.replaceChildren();
  }

  async #post() {
    const answer = await this.#call({ t: "carry", by: "post" });
    if (!answer) return;
    this.close();
    this.told(this.words("carry_sent", answer));
  }

  async #call(frame) {
    try {
      const [answer] = (await this.session.post("frames", { frames: [frame] })).frames;
      if (answer.t !== "refused") return answer;
    } catch {
      // Told below, like a refusal.
    }
    this.told(this.words("prove_failed"));
  }
}
