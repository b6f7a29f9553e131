// <relative-time datetime="…" format="relative|clock|date|month|until">: a moment in the reader's zone and language,
// the exact time on hover. <local-clock data-zone="…">: what time it is there.

import { language, timeZone } from "../words.js";

const zone = { timeZone };
const CLOCK = new Intl.DateTimeFormat(language, { ...zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const DAY = new Intl.DateTimeFormat(language, { ...zone, day: "numeric", month: "short" });
const DAY_YEAR = new Intl.DateTimeFormat(language, { ...zone, day: "numeric", month: "short", year: "numeric" });
const MONTH = new Intl.DateTimeFormat(language, { ...zone, month: "long", year: "numeric" });
const WEEKDAY = new Intl.DateTimeFormat(language, { ...zone, weekday: "short" });
const LONG_DAY = new Intl.DateTimeFormat(language, { ...zone, weekday: "long", day: "numeric", month: "long" });
const FULL = new Intl.DateTimeFormat(language, { ...zone, dateStyle: "full", timeStyle: "short" });
const KEY = new Intl.DateTimeFormat("en-CA", { ...zone, year: "numeric", month: "2-digit", day: "2-digit" });
const NEAR = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "narrow" });
const WORDS = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "long" });
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAYS = 24 * HOUR;

const unit = (name) => new Intl.NumberFormat(language, { style: "unit", unit: name, unitDisplay: "narrow" });
const MINUTES = unit("minute");
const HOURS = unit("hour");

/** The day a moment falls on for the reader, as 2025-11-22. */
export const dayKey = (date) => KEY.format(date);

function daysBetween(earlier, later) {
  return Math.round((Date.parse(dayKey(later)) - Date.parse(dayKey(earlier))) / DAYS);
}

/** "Today", "Yesterday", "Monday 17 November", with the year when it is not this one. */
export function dayName(date, now = new Date()) {
  const ago = daysBetween(date, now);
  if (ago === 0 || ago === 1) {
    const word = WORDS.format(-ago, "day");
    return word.charAt(0).toUpperCase() + word.slice(1);
  }
  return date.getFullYear() === now.getFullYear() ? LONG_DAY.format(date) : DAY_YEAR.format(date);
}

/** A span without direction: "4m", "2h", "3d". */
export function span(milliseconds) {
  const size = Math.abs(milliseconds);
  if (size < HOUR) return MINUTES.format(Math.max(1, Math.round(size / MINUTE)));
  if (size < DAYS) return HOURS.format(Math.round(size / HOUR));
  return unit("day").format(Math.round(size / DAYS));
}

function shortDate(date, now) {
  return date.getFullYear() === now.getFullYear() ? DAY.format(date) : DAY_YEAR.format(date);
}

const FORMATS = {
  clock: (date) => CLOCK.format(date),
  date: shortDate,
  month: (date) => MONTH.format(date),
  until(date, now) {
    const days = daysBetween(now, date);
    if (days === 0) return CLOCK.format(date);
    return days > 0 && days < 7 ? `${WEEKDAY.format(date)} ${CLOCK.format(date)}` : shortDate(date, now);
  },
  span: (date, now) => span(now - date),
  relative(date, now) {
    const age = now - date;
    if (age < MINUTE) return NEAR.format(0, "second");
    if (age < DAYS) return span(age);
    return daysBetween(date, now) < 7 ? WEEKDAY.format(date) : shortDate(date, now);
  },
};

class RelativeTime extends HTMLElement {
  static observedAttributes = ["datetime"];
  static alive = new Set();

  connectedCallback() {
    RelativeTime.alive.add(this);
    this.render(new Date());
  }

  disconnectedCallback() {
    RelativeTime.alive.delete(this);
  }

  attributeChangedCallback() {
    if (this.isConnected) this.render(new Date());
  }

  render(now) {
    const date = new Date(this.getAttribute("datetime"));
    if (Number.isNaN(date.getTime())) return;
    const text = (FORMATS[this.getAttribute("format")] ?? FORMATS.relative)(date, now);
    if (this.textContent !== text) this.textContent = text;
    const title = FULL.format(date);
    if (this.title !== title) this.title = title;
  }
}

class LocalClock extends HTMLElement {
  connectedCallback() {
    RelativeTime.alive.add(this);
    this.render(new Date());
  }

  disconnectedCallback() {
    RelativeTime.alive.delete(this);
  }

  render(now) {
    try {
      const there = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: this.dataset.zone };
      const place = this.dataset.zone.split("/").pop().replaceAll("_", " ");
      this.textContent = `${new Intl.DateTimeFormat(language, there).format(now)} · ${place}`;
    } catch {
      this.textContent = this.dataset.zone;
    }
  }
}

customElements.define("relative-time", RelativeTime);
customElements.define("local-clock", LocalClock);

setInterval(() => {
  const now = new Date();
  for (const element of RelativeTime.alive) element.render(now);
}, 15_000);
