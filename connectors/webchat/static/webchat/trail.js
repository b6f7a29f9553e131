// What the visitor does on the website: pages viewed, unless the script tag says data-pages="off", and what the page tells by
// Onethread.track(). A browser that asks not to be tracked is not. Nothing leaves it, and nothing is kept in it beyond this page,
// before the visitor writes; then it goes over the line of the chat.

const KEPT = 20;
const UNTOLD = ["kind", "reference", "title", "url", "value", "currency", "data"];

export class Trail {
  #early = []; // before there is a session
  #page = null;

  constructor({ conversation, session, store, options }) {
    Object.assign(this, { link: conversation.link, session, store });
    this.off = navigator.globalPrivacyControl === true || ["1", "yes"].includes(navigator.doNotTrack);
    this.keep = (options.keepQuery || "").split(",").map((name) => name.trim());
    this.link.addEventListener("frame", ({ detail }) => this.#hear(detail));
    document.addEventListener("visibilitychange", () => this.#look());
    if (options.pages === "off") return;
    this.page();
    globalThis.navigation?.addEventListener("navigatesuccess", () => this.#address() === this.#page?.url || this.page());
  }

  /** The visitor looks at this page from now on. Asked by itself; by a host page that changes its address without our noticing. */
  page() {
    this.#page = this.track({ kind: "page", title: document.title, url: this.#address() });
  }

  /** Something the visitor did: { kind, reference, title, url, value, currency, data }. */
  track(told = {}) {
    if (this.off) return null;
    const touch = { id: crypto.getRandomValues(new Uint32Array(4)).join("-"), at: Date.now() };
    for (const name of UNTOLD) if (told[name] !== undefined) touch[name] = told[name];
    this.#waiting = [...this.#waiting, touch].slice(-KEPT);
    this.#send(touch);
    return touch;
  }

  get #waiting() {
    return this.session.token ? this.store.get("trail") || [] : this.#early;
  }

  set #waiting(touches) {
    if (this.session.token) this.store.set({ trail: touches.length ? touches : undefined });
    else this.#early = touches;
  }

  #hear(frame) {
    if (frame.t === "ready") {
      const touches = [...this.#waiting, ...this.#early.splice(0)];
      if (touches.length) this.#waiting = touches.slice(-KEPT);
      touches.forEach((touch) => this.#send(touch));
      this.#look();
    } else if ((frame.t === "ack" || frame.t === "refused") && this.#waiting.some(({ id }) => id === frame.id)) {
      this.#waiting = this.#waiting.filter(({ id }) => id !== frame.id);
    }
  }

  #send({ at, ...touch }) {
    const now = touch.kind === "page" && !document.hidden && this.#address() === touch.url;
    this.link.send({ t: "touch", ...touch, now, ago: (Date.now() - at) / 1000 });
  }

  /** Back at the page, or away from it. */
  #look() {
    if (document.hidden) this.link.send({ t: "ping", visible: false });
    else if (this.#page && !this.off) this.link.send({ t: "viewing", id: this.#page.id, title: document.title, url: this.#page.url });
  }

  /** Where we are, without what may tell more of a person than of a page. */
  #address() {
    const url = new URL(location.href);
    for (const name of [...url.searchParams.keys()]) if (!this.keep.includes(name)) url.searchParams.delete(name);
    return url.origin + url.pathname + url.search;
  }
}
