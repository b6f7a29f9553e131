// Where the visitor writes: text that grows, files by button, paste and drop with their progress, emoji, the send button.
import { h, icon, iconButton } from "./dom.js";
import { emojiGrid } from "./emoji.js";
import { bytes } from "./text.js";

const TYPING = 3_000;

export class Composer {
  #files = new Set();
  #typed = 0;
  #pause = null;

  constructor({ conversation, session, store, settings, words, told }) {
    Object.assign(this, { conversation, session, store, settings, words, told });
    this.text = h("textarea", {
      rows: "1", class: "text", dir: "auto", "aria-label": words("write"), placeholder: words("write"),
      maxlength: String(settings.text_limit), oninput: () => this.#changed(), onkeydown: (event) => this.#key(event),
      onpaste: (event) => this.#pasted(event), onblur: () => this.#typing(false),
    });
    this.text.value = store.get("draft") || "";
    this.picker = h("input", { type: "file", multiple: true, hidden: true, onchange: () => this.#picked() });
    this.chips = h("ul", { class: "chips", "aria-label": words("files"), hidden: true });
    this.button = h("button", { type: "submit", class: "send", "aria-label": words("send"), title: words("send") }, icon("send", 20));
    this.smile = iconButton("smile", words("emoji"), { "aria-expanded": "false", "aria-haspopup": "true", onclick: () => this.#emoji() });
    this.grid = emojiGrid({ label: words("emoji"), chosen: (emoji) => this.#insert(emoji), left: () => this.#emoji(false) });
    const attach = iconButton("clip", words("attach"), { onclick: () => this.picker.click() });
    this.element = h(
      "form",
      { class: "composer", onsubmit: (event) => this.#submit(event) },
      this.chips,
      this.text,
      h("div", { class: "tools" }, settings.files ? attach : null, this.smile, this.grid, this.picker, h("span", { class: "gap" }), this.button),
    );
    this.#ready();
  }

  focus() {
    this.text.focus();
  }

  reset() {
    this.text.value = "";
    [...this.#files].forEach((file) => this.#remove(file));
    this.#fit();
  }

  /** Once it is on the screen: the height of a draft from earlier. */
  #fit() {
    this.text.style.height = "auto";
    this.text.style.height = `${Math.min(this.text.scrollHeight, 160)}px`;
    this.#ready();
  }

  fit() {
    this.#fit();
  }

  addFiles(list) {
    for (const file of list) this.#add(file);
  }

  #ready() {
    const uploading = [...this.#files].some((file) => !file.ref);
    this.button.disabled = uploading || !(this.text.value.trim() || this.#files.size);
  }

  #changed() {
    this.#fit();
    this.store.set({ draft: this.text.value || undefined });
    this.#typing(this.text.value !== "");
  }

  #typing(on) {
    clearTimeout(this.#pause);
    if (on) this.#pause = setTimeout(() => this.#typing(false), TYPING * 2);
    const now = Date.now();
    if (on && now - this.#typed < TYPING) return;
    if (!on && !this.#typed) return;
    this.#typed = on ? now : 0;
    this.conversation.setTyping(on);
  }

  #key(event) {
    // Enter sends, Shift+Enter breaks the line; an input method's Enter only accepts its suggestion.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.element.requestSubmit();
  }

  #submit(event) {
    event.preventDefault();
    this.#ready();
    if (this.button.disabled) return;
    const files = [...this.#files].map(({ answer }) => answer);
    this.conversation.send(this.text.value.trim(), files);
    this.#typed = 0;
    this.text.value = "";
    this.store.set({ draft: undefined });
    [...this.#files].forEach((file) => this.#remove(file));
    this.#fit();
    this.focus();
  }

  #pasted(event) {
    const files = [...(event.clipboardData?.files || [])];
    if (!files.length || !this.settings.files) return;
    event.preventDefault();
    this.addFiles(files);
  }

  #picked() {
    this.addFiles(this.picker.files);
    this.picker.value = "";
  }

  async #add(file) {
    const { words, settings } = this;
    const rules = settings.files;
    if (file.size > rules.max_bytes) return this.told(words("too_large", { name: file.name, size: bytes(rules.max_bytes, words.language) }));
    if (this.#files.size >= rules.max_count) return this.told(words("too_many", { n: rules.max_count }));
    const progress = h("progress", { max: "1", value: "0", "aria-label": words("uploading", { name: file.name }) });
    const chip = h("li", { class: "chip" }, icon("file", 16), h("span", { class: "file-name", dir: "auto" }, file.name), progress);
    const entry = { chip, ref: null };
    chip.append(iconButton("close", words("remove", { name: file.name }), { onclick: () => this.#remove(entry) }, 14));
    this.#files.add(entry);
    this.chips.append(chip);
    this.chips.hidden = false;
    this.#ready();
    try {
      if (!this.session.token) await this.conversation.ready();
      entry.answer = await this.session.upload(file, (share) => (progress.value = share));
      entry.ref = entry.answer.ref;
      progress.remove();
      this.told(words("uploaded", { name: file.name }), false);
    } catch (error) {
      this.#remove(entry);
      const known = ["type", "quota", "offline"].includes(error.code) ? error.code : "failed";
      this.told(words(`upload_${known}`, { name: file.name }));
    }
    return this.#ready();
  }

  #remove(entry) {
    this.#files.delete(entry);
    entry.chip.remove();
    this.chips.hidden = !this.#files.size;
    this.#ready();
  }

  #emoji(open = this.grid.hidden) {
    this.grid.hidden = !open;
    this.smile.setAttribute("aria-expanded", String(open));
    if (open) this.grid.querySelector("button").focus();
    else this.smile.focus();
  }

  #insert(emoji) {
    this.text.setRangeText(emoji, this.text.selectionStart, this.text.selectionEnd, "end");
    this.#emoji(false);
    this.focus();
    this.#changed();
  }
}
