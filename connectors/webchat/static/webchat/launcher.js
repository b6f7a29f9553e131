// The round button in the corner, its count of unread messages, and a glimpse of the newest one while the panel is closed.
import { avatar } from "./bubbles.js";
import { h, icon, iconButton } from "./dom.js";

export class Launcher {
  #glimpsed = "";

  constructor({ conversation, words, toggle, open }) {
    this.conversation = conversation;
    this.words = words;
    this.openPanel = open;
    this.badge = h("span", { class: "badge", hidden: true });
    this.button = h(
      "button",
      { type: "button", class: "launcher", "aria-haspopup": "dialog", "aria-expanded": "false", onclick: toggle },
      h("span", { class: "face closed" }, icon("chat", 28)),
      h("span", { class: "face opened" }, icon("down", 26)),
      this.badge,
    );
    this.glimpse = h("div", { class: "glimpse", hidden: true });
    this.element = h("div", { class: "corner" }, this.glimpse, this.button);
  }

  focus() {
    this.button.focus();
  }

  opened(yes) {
    this.button.setAttribute("aria-expanded", String(yes));
    if (yes) this.glimpse.hidden = true;
    this.update([], yes);
  }

  update(fresh, open) {
    const { unread } = this.conversation;
    const { words } = this;
    this.badge.hidden = open || !unread;
    this.badge.textContent = unread > 9 ? "9+" : String(unread);
    const label = open ? words("close") : unread ? `${words("open")}. ${words("unread", { n: unread })}` : words("open");
    this.button.setAttribute("aria-label", label);
    const newest = fresh.filter((message) => message.from === "agent").at(-1);
    if (newest && !open && newest.id !== this.#glimpsed) this.#show(newest);
    if (!unread) this.glimpse.hidden = true;
  }

  #show(message) {
    this.#glimpsed = message.id;
    const text = message.text || message.files.map((file) => file.name).join(", ");
    this.glimpse.replaceChildren(
      h(
        "button",
        { type: "button", class: "glimpse-text", onclick: this.openPanel },
        avatar(message.name),
        h("span", {}, h("strong", {}, message.name), h("span", { class: "lines" }, text)),
      ),
      iconButton("close", this.words("dismiss"), { onclick: () => (this.glimpse.hidden = true) }, 16),
    );
    this.glimpse.hidden = false;
  }
}
