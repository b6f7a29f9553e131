// <message-timeline>: the one time line. Entries arrive in any way (page, older pages, live) and are put where they belong by
// data-order; day names, the line "since you last looked" and the joining of bubbles are worked out here, in the reader's zone.
//   place(entry)   put or replace one entry (js/live.js uses it)      show(id)   scroll to an entry and light it up

import { announce } from "../announce.js";
import { say } from "../words.js";
import { foldPages, togglePages } from "./page-runs.js";
import { dayKey, dayName } from "./relative-time.js";

const NEAR_END = 96;
const JOIN = 5 * 60_000;

class MessageTimeline extends HTMLElement {
  connectedCallback() {
    this.scroller = this.closest(".timeline-scroll");
    this.toNewest = document.getElementById("to-newest");
    this.stuck = true;
    this.arrange();
    this.markSeen();
    this.openWhere();
    this.resizes = new ResizeObserver(() => this.stuck && this.toEnd());
    this.resizes.observe(this);
    this.resizes.observe(this.scroller);
    this.onScroll = () => this.scrolled();
    this.scroller.addEventListener("scroll", this.onScroll, { passive: true });
    this.toNewest?.addEventListener("click", () => this.toEnd(true));
    this.addEventListener("htmx:beforeSwap", () => this.remember());
    this.addEventListener("htmx:afterSwap", () => this.restore());
    this.addEventListener("click", (event) => this.clicked(event));
    this.onVisible = () => this.read();
    document.addEventListener("visibilitychange", this.onVisible);
    this.read();
  }

  disconnectedCallback() {
    this.resizes?.disconnect();
    document.removeEventListener("visibilitychange", this.onVisible);
    clearTimeout(this.reading);
  }

  get entries() {
    return [...this.querySelectorAll(":scope > .entry[data-order]")];
  }

  // ------------------------------------------------------------ order

  place(entry) {
    const known = document.getElementById(entry.id);
    if (known && known.dataset.order === entry.dataset.order) {
      known.replaceWith(entry);
    } else {
      known?.remove();
      const next = this.entries.find((other) => other.dataset.order > entry.dataset.order);
      const end = this.querySelector(":scope > .typing");
      this.insertBefore(entry, next ?? end);
      if (!known) this.arrived(entry, !next);
    }
    window.htmx?.process(entry);
    this.arrange();
    if (this.stuck) this.toEnd();
    return entry;
  }

  arrived(entry, last) {
    entry.classList.add("is-new");
    if (entry.dataset.direction === "inbound") {
      announce(say("new_message"));
      if (!this.stuck && last && this.toNewest) this.toNewest.querySelector("span").textContent = say("new_message");
      this.read();
    }
  }

  // ------------------------------------------------------------ days, joining, the line

  arrange() {
    const days = new Map([...this.querySelectorAll(":scope > .day")].map((day) => [day.dataset.day, day]));
    let before = null;
    for (const entry of this.entries) {
      const at = new Date(entry.dataset.at);
      const key = dayKey(at);
      const newDay = key !== before?.key;
      if (newDay) {
        const day = days.get(key) ?? this.makeDay(key, at);
        days.delete(key);
        if (entry.previousElementSibling !== day) entry.before(day);
      }
      this.join(before, entry, at, newDay);
      const { conversation } = entry.dataset;
      entry.toggleAttribute("data-elsewhere", Boolean(conversation) && conversation !== this.dataset.conversation);
      before = { entry, at, key };
    }
    if (before) before.entry.removeAttribute("data-continues");
    for (const day of days.values()) day.remove();
    foldPages(this, this.entries);
  }

  makeDay(key, at) {
    const day = document.createElement("div");
    day.className = "day";
    day.dataset.day = key;
    day.textContent = dayName(at);
    return day;
  }

  join(before, entry, at, newDay) {
    const last = before?.entry;
    const same =
      last &&
      !newDay &&
      last.matches(".message") &&
      entry.matches(".message") &&
      at - before.at < JOIN &&
      ["direction", "pair", "author", "conversation", "speaker"].every((name) => last.dataset[name] === entry.dataset[name]) &&
      !entry.previousElementSibling?.matches(".seen-line");
    entry.toggleAttribute("data-joined", Boolean(same));
    last?.toggleAttribute("data-continues", Boolean(same));
  }

  markSeen() {
    const fresh = document.getElementById(`message-${this.dataset.firstUnread}`);
    if (!fresh || fresh === this.entries[0]) return;
    const line = document.createElement("div");
    line.className = "seen-line";
    line.textContent = say("since_you_looked");
    const before = fresh.previousElementSibling;
    (before?.matches(".day") ? before : fresh).before(line);
    this.arrange();
  }

  // ------------------------------------------------------------ scrolling

  openWhere() {
    const wanted = window.location.hash && this.querySelector(`:scope > ${CSS.escape(window.location.hash).replace("\\#", "#")}`);
    const line = this.querySelector(":scope > .seen-line");
    if (this.dataset.show && this.show(this.dataset.show)) {
      this.stuck = false;
      return;
    }
    if (wanted) {
      this.stuck = false;
      wanted.scrollIntoView({ block: "center" });
      return;
    }
    this.toEnd();
    if (line && line.getBoundingClientRect().top < this.scroller.getBoundingClientRect().top) {
      this.stuck = false;
      line.scrollIntoView({ block: "start" });
      this.scroller.scrollTop -= 48;
    }
  }

  toEnd(smooth = false) {
    this.stuck = true;
    this.scroller.scrollTo({ top: this.scroller.scrollHeight, behavior: smooth ? "smooth" : "instant" });
    this.scrolled();
  }

  scrolled() {
    // Content that grew (a mail's frame, a picture) moves the bar too; only a person's hand lets go of the end.
    if (this.scroller.scrollHeight !== this.height) {
      this.height = this.scroller.scrollHeight;
      if (this.stuck) this.scroller.scrollTop = this.height;
    }
    const left = this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight;
    this.stuck = left < NEAR_END;
    if (this.toNewest) this.toNewest.hidden = left < 2 * NEAR_END;
    if (this.stuck) this.read();
  }

  // Older messages are put above what one is reading; it must not move.
  remember() {
    const top = this.scroller.getBoundingClientRect().top;
    const first = this.entries.find((entry) => entry.getBoundingClientRect().bottom > top);
    this.anchor = first && { entry: first, top: first.getBoundingClientRect().top };
  }

  restore() {
    this.arrange();
    if (!this.anchor) return;
    this.scroller.scrollTop += this.anchor.entry.getBoundingClientRect().top - this.anchor.top;
    this.anchor = null;
  }

  show(id) {
    const entry = document.getElementById(id);
    if (!entry) return false;
    this.stuck = false;
    if (entry.hasAttribute("data-folded")) {
      this.querySelector(`[data-fold="${CSS.escape(entry.dataset.conversation)}"][aria-expanded="false"]`)?.click();
    }
    entry.scrollIntoView({ block: "center" });
    entry.classList.remove("is-found");
    requestAnimationFrame(() => entry.classList.add("is-found"));
    entry.focus({ preventScroll: true });
    return true;
  }

  // ------------------------------------------------------------ unfolding, folding and reading

  clicked(event) {
    event.target.closest("[data-unfold]")?.closest(".album").setAttribute("data-unfolded", "");
    const pages = event.target.closest(".page-run");
    if (pages) togglePages(pages, this.entries);
    const boundary = event.target.closest("[data-fold]");
    if (!boundary) return;
    const folded = boundary.getAttribute("aria-expanded") === "true";
    boundary.setAttribute("aria-expanded", String(!folded));
    for (const entry of this.entries) {
      if (entry.dataset.conversation === boundary.dataset.fold && entry !== boundary) {
        entry.toggleAttribute("data-folded", folded);
      }
    }
  }

  /** Tell the server up to which message this matter is read: only what really is in front of somebody. */
  read() {
    if (document.hidden || !this.dataset.readUrl) return;
    clearTimeout(this.reading);
    this.reading = setTimeout(() => {
      const newest = Math.max(
        0,
        ...this.entries
          .filter((entry) => entry.dataset.message && entry.dataset.conversation === this.dataset.conversation)
          .map((entry) => Number(entry.dataset.message)),
      );
      if (newest <= (this.readUpTo ?? 0)) return;
      this.readUpTo = newest;
      window.htmx.ajax("POST", this.dataset.readUrl, { values: { message: newest }, target: this, swap: "none" });
    }, 400);
  }
}

customElements.define("message-timeline", MessageTimeline);
