// The messages and what is on its way: merges what the server says with what was written here, by id, so that a message that
// comes twice is one. Knows nothing of the screen. Event: "change" (detail.fresh: messages of ours that are new to this browser).
import { Link } from "./link.js";
import { Refused } from "./session.js";

const KEPT = 100;
const TYPING = 12_000;

export class Conversation extends EventTarget {
  #messages = new Map();
  #since = null;
  #begun = false;
  #readSent = "";
  #seen = 0; // the order of the newest message of ours that somebody on the other side has read
  #halted = false;
  #under = new Set(); // under way on this line; what a line took down with it goes again, the server knows it by its id
  #retry = null;
  #fading = null;
  online = true;
  more = false;
  typing = null; // the name of whoever types, or null

  constructor({ session, store, language }) {
    super();
    this.session = session;
    this.store = store;
    this.language = language;
    this.link = new Link({ session, hello: () => this.#hello() });
    this.link.addEventListener("frame", ({ detail }) => this.#take(detail));
    this.link.addEventListener("state", ({ detail }) => this.#state(detail));
    store.addEventListener("change", () => this.#elsewhere());
    addEventListener("online", () => this.#flush());
    if (session.token) this.link.start();
    else if (this.outbox.length) this.#flush();
  }

  get outbox() {
    return this.store.get("outbox") || [];
  }

  get started() {
    return this.#messages.size > 0 || this.outbox.length > 0;
  }

  /** Everything to show, oldest first: what the server has, then what has not arrived there yet. */
  get items() {
    const stored = [...this.#messages.values()].sort((a, b) => a.order - b.order);
    const known = new Set(stored.map((message) => message.client).filter(Boolean));
    const waiting = this.outbox.filter((message) => !known.has(message.client));
    const told = stored.map((message) => (message.from === "me" && message.order <= this.#seen ? { ...message, status: "read" } : message));
    return [...told, ...waiting.map((message) => ({ ...message, id: message.client, from: "me" }))];
  }

  get unread() {
    return [...this.#messages.values()].filter((message) => message.from !== "me" && message.status !== "read").length;
  }

  /** Writes a message down at once; it leaves when the line is up. `files` are the server's references. */
  send(text, files = []) {
    const message = { client: newId(), text, files, at: new Date().toISOString(), status: "pending" };
    this.#keepOutbox([...this.outbox, message].slice(-KEPT));
    this.#changed();
    this.#flush();
  }

  /** Tries a refused message again. */
  again(client) {
    this.#under.delete(client);
    this.#mark(client, "pending");
    this.#flush();
  }

  setTyping(on) {
    this.link.send({ t: "typing", on });
  }

  /** The visitor looks at the end of the conversation now. */
  seen() {
    const last = [...this.#messages.values()].filter((message) => message.from !== "me").sort((a, b) => a.order - b.order).at(-1);
    if (!last || last.id === this.#readSent || this.link.state !== "online") return;
    this.#readSent = last.id;
    this.link.send({ t: "read", id: last.id });
    for (const message of this.#messages.values()) if (message.from !== "me") message.status = "read";
    this.#changed();
  }

  async earlier() {
    const first = [...this.#messages.values()].sort((a, b) => a.order - b.order)[0];
    if (!first || !this.more) return;
    const { items, more } = await this.session.call(`history?before=${encodeURIComponent(first.id)}`);
    this.more = more;
    this.#merge(items);
    this.#changed();
  }

  /** Another visitor from here on (identified, logged out): nothing of the old one stays on the screen. */
  restart() {
    this.link.stop();
    this.#forget();
    if (this.session.token) this.link.start();
    this.#changed();
  }

  async ready() {
    if (!this.session.token) await this.session.begin();
    this.link.start();
  }

  #hello() {
    return { t: "hello", token: this.session.token, since: this.#since, visible: !document.hidden };
  }

  #state(state) {
    this.online = state !== "offline";
    if (state === "online") this.#readSent = "";
    else this.#under.clear();
    if (state !== "online") this.typing = null;
    this.#changed();
  }

  #take(frame) {
    if (frame.t === "ready" || frame.t === "messages") this.#arrived(frame);
    if (frame.t === "ack") this.#mark(frame.id, "sent");
    if (frame.t === "refused") this.#mark(frame.id, "failed", frame.reason);
    if (frame.t === "typing") this.#types(frame.on ? frame.name || "" : null);
    if (frame.t === "bye") this.#gone(frame);
    if (frame.t === "ready") this.#flush();
  }

  #types(name) {
    clearTimeout(this.#fading);
    // The word that somebody stopped may be lost.
    if (name !== null) this.#fading = setTimeout(() => this.#types(null), TYPING);
    this.typing = name;
    this.#changed();
  }

  #arrived(frame) {
    if (frame.reset) this.#forget();
    const fresh = this.#merge(frame.items);
    if (frame.more !== undefined) this.more = frame.more;
    this.#since = frame.since;
    this.#seen = frame.seen;
    const got = frame.items.filter((message) => message.from !== "me" && message.status === "sent").map((message) => message.id);
    if (got.length) this.link.send({ t: "got", ids: got });
    this.#keepOutbox(this.outbox.filter((waiting) => !frame.items.some((message) => message.client === waiting.client)));
    if (fresh.length) this.typing = null;
    this.#changed(this.#begun ? fresh : []);
    this.#begun = true;
  }

  #merge(items) {
    const fresh = items.filter((message) => message.from !== "me" && !this.#messages.has(message.id));
    for (const message of items) {
      // The server may still be telling that it was delivered after somebody here has read it.
      const read = message.from !== "me" && this.#messages.get(message.id)?.status === "read";
      this.#messages.set(message.id, read ? { ...message, status: "read" } : message);
    }
    return fresh;
  }

  #mark(client, status, reason) {
    this.#keepOutbox(this.outbox.map((message) => (message.client === client ? { ...message, status, reason } : message)));
    this.#changed();
  }

  async #flush() {
    clearTimeout(this.#retry);
    const waiting = this.outbox.filter((message) => message.status === "pending");
    if (!waiting.length || this.#halted) return;
    try {
      await this.ready();
    } catch (error) {
      const wait = error instanceof Refused && error.wait ? error.wait * 1000 : 5000;
      this.#retry = setTimeout(() => this.#flush(), wait);
      this.online = false;
      this.#changed();
      return;
    }
    if (this.link.state !== "online") return;
    for (const { client, text, files } of waiting.filter((message) => !this.#under.has(message.client))) {
      this.#under.add(client);
      this.link.send({ t: "msg", id: client, text, files: files.map((file) => file.ref), lang: this.language });
    }
  }

  #gone(frame) {
    if (frame.again) return;
    this.link.stop();
    this.#halted = frame.reason === "blocked";
    if (frame.reason === "session") {
      this.session.drop();
      this.#forget();
      this.#flush();
    }
    this.#changed();
  }

  #elsewhere() {
    if (this.#begun && this.session.visitor !== this.known) this.restart();
    else this.#changed();
  }

  #forget() {
    this.#messages.clear();
    this.#since = null;
    this.#begun = false;
    this.#readSent = "";
    this.#seen = 0;
    this.more = false;
    this.typing = null;
  }

  #keepOutbox(outbox) {
    this.store.set({ outbox });
  }

  #changed(fresh = []) {
    this.known = this.session.visitor;
    this.dispatchEvent(new CustomEvent("change", { detail: { fresh } }));
  }
}

// crypto.randomUUID exists on secure pages only; host pages on plain http still need ids that never meet.
function newId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
