// The log: one element per message, kept by its id and changed in place, so that nothing jumps when news arrives.
import { h, icon } from "./dom.js";
import { bytes, hue, initials, linkify, onlyEmoji } from "./text.js";
import { clock, dayName } from "./words.js";

const TOGETHER = 5 * 60_000;
const TICKS = { pending: "clock", sent: "one", delivered: "two", read: "two", failed: "alert" };

/** Initials on one of eight hues. */
export function avatar(name) {
  return h("span", { class: `avatar hue-${hue(name)}`, "aria-hidden": "true" }, initials(name));
}

export class Log {
  #drawn = new Map(); // key → [signature, element]

  constructor({ words, base, retry }) {
    this.words = words;
    this.base = base;
    this.retry = retry;
    this.element = h("ol", { class: "log" });
  }

  draw(items) {
    const rows = this.#rows(items);
    const keys = new Set(rows.map((row) => row.key));
    for (const [key, [, element]] of this.#drawn) {
      if (!keys.has(key)) {
        element.remove();
        this.#drawn.delete(key);
      }
    }
    let place = this.element.firstChild;
    for (const row of rows) {
      const before = this.#drawn.get(row.key)?.[1];
      const element = this.#element(row);
      if (before && before === place) place = element;
      if (element === place) place = place.nextSibling;
      else this.element.insertBefore(element, place);
    }
  }

  #element({ key, signature, make }) {
    const [drawn, element] = this.#drawn.get(key) || [];
    if (drawn === signature) return element;
    const made = make();
    if (element) element.replaceWith(made);
    else made.classList.add("new");
    this.#drawn.set(key, [signature, made]);
    return made;
  }

  #rows(items) {
    const rows = [];
    let day = "";
    items.forEach((message, index) => {
      const at = new Date(message.at);
      if (at.toDateString() !== day) {
        day = at.toDateString();
        const name = dayName(at, this.words.language);
        rows.push({ key: `day ${day}`, signature: name, make: () => h("li", { class: "day" }, h("span", {}, name)) });
      }
      const follows = together(items[index - 1], message);
      const last = !together(message, items[index + 1]);
      const told = last || message.status === "failed";
      rows.push({
        key: message.client || message.id,
        signature: JSON.stringify([message, follows, told]),
        make: () => this.#message(message, { follows, told }),
      });
    });
    return rows;
  }

  #message(message, { follows, told }) {
    const mine = message.from === "me";
    const name = mine ? this.words("you") : message.name;
    const classes = ["message", mine ? "mine" : "theirs", follows && "follows", message.status].filter(Boolean).join(" ");
    return h(
      "li",
      { class: classes },
      mine ? null : told ? avatar(message.name) : h("span", { class: "avatar empty" }),
      h("div", { class: "body" }, h("span", { class: "unseen" }, `${name}: `), this.#content(message), told && this.#meta(message, mine)),
    );
  }

  #content(message) {
    if (message.deleted) return h("p", { class: "bubble gone" }, this.words("deleted"));
    const parts = (message.files || []).map((file) => this.#file(file));
    if (message.text) {
      const big = onlyEmoji(message.text);
      parts.push(h("p", { class: big ? "bubble big" : "bubble", dir: "auto" }, linkify(message.text)));
    }
    return parts;
  }

  #file(file) {
    const url = file.url && new URL(file.url, this.base).href;
    const link = { href: url || null, target: "_blank", rel: "noopener noreferrer", class: "file" };
    const card = h(
      "a",
      { ...link, download: file.name },
      icon("file", 22),
      h("span", { class: "file-text" }, h("span", { class: "file-name", dir: "auto" }, file.name), h("small", {}, bytes(file.size, this.words.language))),
    );
    if (!file.image || !url) return card;
    const picture = h("img", {
      src: url, alt: file.name,
      // Where the host page's policy forbids the picture, the file remains.
      onerror: () => shown.replaceWith(card),
    });
    const shown = h("a", { ...link, class: "picture" }, picture);
    return shown;
  }

  #meta(message, mine) {
    const { words } = this;
    const time = h("time", { datetime: message.at }, clock(new Date(message.at), words.language));
    if (!mine) return h("p", { class: "meta" }, h("span", { dir: "auto" }, message.name), time, message.edited && h("span", {}, words("edited")));
    if (message.status === "failed") {
      const again = h("button", { type: "button", class: "again", onclick: () => this.retry(message.client) }, words("retry"));
      return h("p", { class: "meta" }, icon("alert", 14), words(message.reason === "slow" ? "slow" : "failed"), again);
    }
    const state = h("span", { class: "tick", title: words(message.status) }, icon(TICKS[message.status], 15), h("span", { class: "unseen" }, words(message.status)));
    return h("p", { class: "meta" }, time, state);
  }
}

function together(one, other) {
  if (!one || !other || one.from !== other.from || one.name !== other.name) return false;
  const [before, after] = [new Date(one.at), new Date(other.at)];
  return after - before < TOGETHER && before.toDateString() === after.toDateString();
}
