// Puts the widget together and answers the host page's calls (window.Onethread).
import { Conversation } from "./conversation.js";
import { h } from "./dom.js";
import { Launcher } from "./launcher.js";
import { Panel } from "./panel.js";
import { Session } from "./session.js";
import { Store } from "./store.js";
import { themeSheet } from "./theme.js";
import { Trail } from "./trail.js";
import { chooseLanguage, loadWords } from "./words.js";

const fetchOk = async (url) => {
  const answer = await fetch(url, { credentials: "omit" });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer;
};

/** Called once by the loader. Resolves to the object behind window.Onethread. */
export async function start({ base, channel, version, options }) {
  const files = `${base}widget/${version}/`;
  const language = chooseLanguage(options.lang);
  const [settings, words, css] = await Promise.all([
    fetchOk(`${base}${channel}/config`).then((answer) => answer.json()),
    loadWords((code) => fetchOk(`${files}lang/${code}.json`).then((answer) => answer.json()), language),
    fetchOk(`${files}widget.css`).then((answer) => answer.text()),
  ]);
  const store = new Store(channel);
  const session = new Session({ base, channel, store });
  const followed = options.link && (await session.follow(options.link));
  const widget = new Widget({ store, session, options, settings, words, css });
  if (options.link) widget.welcome(followed);
  return widget;
}

class Widget {
  #listeners = {};

  constructor({ store, session, options, settings, words, css }) {
    this.session = session;
    this.conversation = new Conversation({ session: this.session, store, language: words.language });
    this.trail = new Trail({ conversation: this.conversation, session: this.session, store, options });
    this.store = store;

    this.host = h("onethread-chat", { lang: words.language, dir: options.dir || words.direction });
    if (options.theme) this.host.dataset.theme = options.theme;
    if (options.position === "left") this.host.dataset.position = "left";
    const root = this.host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    // Constructed sheets are no inline styles: they need nothing from the host page's style-src.
    root.adoptedStyleSheets = [themeSheet(settings.colour), sheet];

    const parts = { conversation: this.conversation, session: this.session, store, settings, words };
    this.panel = new Panel({ ...parts, close: () => this.close() });
    this.launcher = new Launcher({ ...parts, toggle: () => this.toggle(), open: () => this.open() });
    root.append(this.panel.element, this.launcher.element);
    document.body.append(this.host);

    this.conversation.addEventListener("change", ({ detail }) => this.#changed(detail.fresh));
    const wasOpen = store.get("open");
    this.#changed([]);
    if (wasOpen && !matchMedia("(max-width: 30rem)").matches) this.open({ focus: false });
  }

  open({ focus = true } = {}) {
    if (this.panel.isOpen) return;
    this.launcher.opened(true);
    this.panel.open(focus);
    this.#remember();
    this.#tell("open");
  }

  /** Somebody came by a link. */
  welcome(followed) {
    this.open();
    this.panel.tell(followed ? "link_on" : "link_over");
  }

  close() {
    if (!this.panel.isOpen) return;
    this.panel.close();
    this.#remember();
    this.launcher.opened(false);
    this.launcher.focus();
    this.#tell("close");
  }

  toggle() {
    if (this.panel.isOpen) this.close();
    else this.open();
  }

  /** The host page vouches for its user with a token its server signed. Rejects if the token is not valid. */
  async identify({ token } = {}) {
    if (typeof token !== "string" || !token) throw new TypeError("Onethread.identify needs { token: a JWT signed by your server }.");
    if (await this.session.begin({ jwt: token })) this.conversation.restart();
    else this.conversation.ready();
  }

  /** To be called when the user logs out of the host page: the next person on this computer starts with nothing. */
  async logout() {
    const ended = this.session.end();
    this.conversation.restart();
    this.panel.reset();
    await ended;
  }

  /** The page shows something else now without a new address. */
  page() {
    this.trail.page();
  }

  /** Something the visitor did: { kind, reference, title, url, value, currency, data }. */
  track(told) {
    this.trail.track(told);
  }

  /** Calls back on "open", "close", "unread" (a number) and "message" ({ name, text }). */
  on(name, callback) {
    (this.#listeners[name] ||= []).push(callback);
  }

  // Nothing is kept in the browser of somebody who only looks.
  #remember() {
    if (this.session.token && this.panel.isOpen !== Boolean(this.store.get("open"))) this.store.set({ open: this.panel.isOpen || undefined });
  }

  #tell(name, value) {
    (this.#listeners[name] || []).forEach((callback) => callback(value));
  }

  #changed(fresh) {
    this.#remember();
    this.panel.update(fresh);
    this.launcher.update(fresh, this.panel.isOpen);
    const { unread } = this.conversation;
    if (unread !== this.unread) this.#tell("unread", (this.unread = unread));
    fresh.forEach(({ name, text }) => this.#tell("message", { name, text }));
  }
}
