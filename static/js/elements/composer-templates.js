// Approved templates: asked for when the pair needs one (or somebody wants one), filled in as one types. What may go is the server's to say.

import { reason } from "../words.js";

export class ComposerTemplates {
  constructor(composer) {
    this.composer = composer;
    this.place = composer.querySelector("#template-picker");
    this.button = composer.querySelector("[data-toggle-templates]");
    this.wanted = false;
    this.button?.addEventListener("click", () => {
      this.wanted = !this.wanted;
      this.show();
    });
    this.place.addEventListener("input", (event) => this.typed(event.target));
  }

  /** Whether a template is sent rather than what stands in the field. */
  get on() {
    const { pair, mode } = this.composer;
    if (mode === "note" || !pair?.hasAttribute("data-templates")) return false;
    return this.wanted || pair.hasAttribute("data-template");
  }

  show() {
    const { on } = this;
    const { form, text } = this.composer;
    this.place.hidden = !on;
    text.hidden = on;
    form.elements.use_template.value = on ? "1" : "";
    this.button?.setAttribute("aria-pressed", String(on));
    this.button?.toggleAttribute("disabled", this.composer.pair?.hasAttribute("data-template") ?? false);
    if (on) this.load(this.composer.pair.value);
  }

  async load(pair) {
    if (this.loaded === pair) return;
    this.loaded = pair;
    this.place.setAttribute("aria-busy", "true");
    const answer = await fetch(`${this.place.dataset.url}?pair=${encodeURIComponent(pair)}`, { headers: { "HX-Request": "true" } });
    this.place.removeAttribute("aria-busy");
    if (this.loaded !== pair) return;
    if (answer.ok) this.place.innerHTML = await answer.text();
    else {
      this.loaded = "";
      this.place.textContent = reason(answer.headers);
    }
  }

  typed(input) {
    if (input.matches("[data-template-search]")) {
      const words = input.value.trim().toLowerCase();
      for (const item of this.place.querySelectorAll(".template-item")) item.hidden = !item.dataset.words.includes(words);
    }
    if (!input.dataset.key) return;
    const item = input.closest(".template-item");
    for (const mark of item.querySelectorAll(`mark[data-place="${CSS.escape(input.dataset.key)}"]`)) {
      mark.dataset.name ??= mark.textContent;
      mark.textContent = input.value || mark.dataset.name;
      mark.toggleAttribute("data-filled", Boolean(input.value));
    }
  }

  /** It was sent. */
  clear() {
    this.wanted = false;
    this.loaded = "";
    this.place.replaceChildren();
  }
}
