// Who else gets a mail: the addresses in Cc and Bcc as chips, each of which can be left out again. Used by <message-composer>.

// A comma inside a quoted name parts nothing.
const PARTS = /(?:"(?:[^"\\]|\\.)*"|[^,;"])+/g;

/** "Ben <ben@x.example>, amy@x.example" as [{ whole, name, address }]. */
export function parse(text) {
  return [...text.matchAll(PARTS)]
    .map(([part]) => part.trim())
    .filter((whole) => whole.includes("@"))
    .map((whole) => {
      const [, name, address] = /^(.*?)<([^<>]+)>$/.exec(whole) ?? [null, "", whole];
      return { whole, name: name.trim().replace(/^"|"$/g, ""), address: address.trim() };
    });
}

export class ComposerPeople {
  constructor(composer) {
    this.composer = composer;
    this.place = composer.querySelector("[data-people]");
    this.place.addEventListener("click", (event) => this.remove(event.target.closest("button")));
  }

  get fields() {
    const { cc, bcc } = this.composer.form.elements;
    return [cc, bcc];
  }

  /** Put those of an answer to all into Cc; who is there already stays once. */
  add(text) {
    const [cc] = this.fields;
    const there = new Set(this.fields.flatMap((field) => parse(field.value)).map((each) => each.address.toLowerCase()));
    const fresh = parse(text).filter((each) => !there.has(each.address.toLowerCase()));
    if (fresh.length) cc.value = [...parse(cc.value), ...fresh].map((each) => each.whole).join(", ");
  }

  remove(button) {
    if (!button) return;
    for (const field of this.fields) {
      const left = parse(field.value).filter((each) => each.address !== button.dataset.address);
      field.value = left.map((each) => each.whole).join(", ");
    }
    this.composer.changed();
    this.composer.text.focus();
  }

  show() {
    const listed = this.composer.pair?.hasAttribute("data-cc") ? this.fields.flatMap((field) => parse(field.value)) : [];
    this.place.hidden = !listed.length;
    this.place.replaceChildren(...listed.map((each) => this.chip(each)));
  }

  chip({ name, address }) {
    const chip = document.createElement("span");
    chip.className = "chip";
    const words = document.createElement("bdi");
    words.textContent = name ? `${name} · ${address}` : address;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "tag-remove";
    button.dataset.address = address;
    button.textContent = "×";
    button.setAttribute("aria-label", `${this.place.dataset.remove}: ${address}`);
    chip.append(words, button);
    return chip;
  }
}
