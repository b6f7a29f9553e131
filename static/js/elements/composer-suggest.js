// Suggestions at the caret: "/" for saved replies (in replies and notes), "@" for colleagues (in notes only).

const WAIT = 100;

export class ComposerSuggest {
  constructor(composer) {
    this.composer = composer;
    this.text = composer.text;
    this.list = composer.querySelector(".suggest");
    this.text.addEventListener("input", () => this.look());
    this.text.addEventListener("keydown", (event) => this.key(event), true);
    this.text.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.take(option);
    });
    this.text.setAttribute("aria-controls", this.list.id);
    this.text.setAttribute("aria-autocomplete", "list");
  }

  get options() {
    return [...this.list.querySelectorAll("[role=option]")];
  }

  get isOpen() {
    return !this.list.hidden;
  }

  /** The word being written, if it asks for suggestions: its sign, what follows it, and where it begins. */
  asked() {
    const before = this.text.value.slice(0, this.text.selectionStart);
    const found = before.match(/(?:^|\s)([/@])([^\s/@]{0,40})$/);
    if (!found || (found[1] === "@" && this.composer.mode !== "note")) return null;
    return { sign: found[1], query: found[2], from: before.length - found[2].length - 1 };
  }

  look() {
    const asked = this.asked();
    clearTimeout(this.timer);
    if (!asked) {
      this.close();
      return;
    }
    this.timer = setTimeout(() => this.fetch(asked), WAIT);
  }

  async fetch(asked) {
    const url = asked.sign === "/" ? this.composer.dataset.savedUrl : this.composer.dataset.peopleUrl;
    const answer = await fetch(`${url}?q=${encodeURIComponent(asked.query)}`, { headers: { "HX-Request": "true" } });
    if (!answer.ok || this.asked()?.from !== asked.from) return;
    this.list.innerHTML = await answer.text();
    this.list.hidden = !this.options.length;
    this.choose(0);
  }

  choose(index) {
    const { options } = this;
    this.at = (index + options.length) % (options.length || 1);
    options.forEach((option, number) => option.setAttribute("aria-selected", String(number === this.at)));
    const chosen = options[this.at];
    chosen?.scrollIntoView({ block: "nearest" });
    if (chosen) this.text.setAttribute("aria-activedescendant", chosen.id);
  }

  key(event) {
    if (!this.isOpen) return;
    if (event.key === "ArrowDown") this.choose(this.at + 1);
    else if (event.key === "ArrowUp") this.choose(this.at - 1);
    else if (event.key === "Escape") this.close();
    else if ((event.key === "Enter" || event.key === "Tab") && this.options[this.at]) this.take(this.options[this.at]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  take(option) {
    const asked = this.asked();
    if (!asked) return;
    this.text.setRangeText(option.dataset.text, asked.from, this.text.selectionStart, "end");
    this.close();
    this.text.focus();
    this.composer.changed();
  }

  close() {
    this.list.hidden = true;
    this.list.replaceChildren();
    this.text.removeAttribute("aria-activedescendant");
  }
}
