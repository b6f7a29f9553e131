// The window of the chat: header, greeting, log, the card that asks for a name, composer. A dialog that takes the whole screen,
// and keeps the focus, on a phone.
import { Log, avatar } from "./bubbles.js";
import { CarryCard, IntroCard, ProofCard } from "./cards.js";
import { Composer } from "./composer.js";
import { h, icon, iconButton } from "./dom.js";

const PHONE = matchMedia("(max-width: 30rem)");
const FOCUSABLE = "button:not([disabled]):not([tabindex='-1']), summary, a[href], textarea, input:not([hidden]), [tabindex='0']";

export class Panel {
  #notice = null;
  #stuck = true; // the end is in view, and stays so when pictures load or lines come

  constructor({ conversation, session, store, settings, words, close }) {
    Object.assign(this, { conversation, store, settings, words, close_: close });
    const told = (text, shown = true) => this.#tell(text, shown);
    this.log = new Log({ words, base: session.url, retry: (client) => conversation.again(client) });
    this.composer = new Composer({ conversation, session, store, settings, words, told });
    this.proof = new ProofCard({ conversation, session, store, words, told });
    this.carry = new CarryCard({ session, store, words, told });
    this.intro = new IntroCard({ conversation, session, store, settings, words, told, saved: (email) => settings.prove && this.proof.offer(email) });
    this.live = h("p", { class: "unseen", role: "status", "aria-live": "polite" });
    this.strip = h("p", { class: "strip", hidden: true });
    this.typing = h("div", { class: "typing", hidden: true }, h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")), h("span", { class: "typing-name" }));
    this.earlier = h("button", { type: "button", class: "earlier", hidden: true, onclick: () => this.#earlier() }, words("earlier"));
    this.scroll = h(
      "div",
      { class: "scroll", tabindex: "0", role: "region", "aria-label": words("messages"), onscroll: () => this.#scrolled() },
      this.earlier, this.log.element, this.intro.element, this.proof.element, this.carry.element, this.typing,
    );
    this.jump = h("button", { type: "button", class: "jump", hidden: true, onclick: () => this.#toEnd() }, words("newest"), icon("down", 16));
    this.element = h(
      "section",
      { class: "panel", role: "dialog", "aria-label": settings.title, hidden: true, onkeydown: (event) => this.#key(event) },
      this.#header(), this.strip, h("div", { class: "middle" }, this.scroll, this.jump), this.#starters(), this.composer.element, this.live,
      h("div", { class: "drop", "aria-hidden": "true" }, icon("clip", 28), words("drop")),
    );
    this.#listen();
  }

  get isOpen() {
    return !this.element.hidden;
  }

  open(focus) {
    this.element.hidden = false;
    this.#phone();
    this.composer.fit();
    this.#toEnd();
    if (focus) this.composer.focus();
    this.#seen();
  }

  close() {
    this.element.hidden = true;
    this.#phone();
  }

  /** Another visitor: nothing that was typed stays. */
  reset() {
    this.composer.reset();
    this.intro.reset();
    this.proof.close();
    this.carry.close();
  }

  update(fresh) {
    const { scrollTop } = this.scroll;
    this.log.draw(this.conversation.items);
    this.intro.update();
    const { store, settings, conversation } = this;
    const [prove, carry] = this.menu.lastChild.children;
    prove.hidden = !settings.prove || !this.proof.possible;
    carry.hidden = !settings.carry || store.get("identified") || !conversation.started;
    this.menu.hidden = prove.hidden && carry.hidden;
    this.element.classList.toggle("started", this.conversation.started);
    this.earlier.hidden = !this.conversation.more;
    this.#status();
    if (this.#stuck) this.#toEnd();
    else {
      this.scroll.scrollTop = scrollTop;
      if (fresh.length) this.jump.hidden = false;
    }
    if (fresh.length && this.isOpen) this.live.textContent = fresh.map(({ name, text }) => `${name}: ${text}`).join("\n");
    this.#seen();
  }

  #header() {
    const { settings, words } = this;
    const logo = settings.logo && h("img", { class: "logo", src: settings.logo, alt: "", onerror: () => logo.replaceWith(avatar(settings.title)) });
    return h(
      "header",
      {},
      logo || avatar(settings.title),
      h("div", { class: "who" }, h("h2", { dir: "auto" }, settings.title), h("p", { class: "wait" }, settings.hours || this.#waiting())),
      this.#menu(),
      iconButton("close", words("close"), { onclick: () => this.close_() }),
      h(
        "div",
        { class: "welcome" },
        h("p", { class: "greeting", dir: "auto" }, settings.greeting || words("greeting")),
        settings.hours && this.#waiting() ? h("p", { class: "wait" }, this.#waiting()) : null,
      ),
    );
  }

  /** What is not needed every day. Closed by a choice, by Escape and when the focus leaves. */
  #menu() {
    const { words } = this;
    const choose = (run) => () => {
      this.menu.open = false;
      run();
    };
    this.menu = h(
      "details",
      { class: "menu", onfocusout: ({ relatedTarget }) => this.menu.contains(relatedTarget) || (this.menu.open = false) },
      h("summary", { class: "icon", "aria-label": words("more"), title: words("more") }, icon("more")),
      h(
        "div",
        {},
        h("button", { type: "button", onclick: choose(() => this.proof.ask()) }, words("prove")),
        h("button", { type: "button", onclick: choose(() => this.carry.show()) }, words("carry")),
      ),
    );
    return this.menu;
  }

  // Only what the server measured lately is said; without figures nothing is promised.
  #waiting() {
    const { wait_minutes: minutes } = this.settings;
    if (!minutes) return "";
    return minutes < 60 ? this.words("minutes", { n: minutes }) : this.words("hours", { n: Math.ceil(minutes / 60) });
  }

  /** Questions the channel offers to begin with: one tap asks. */
  #starters() {
    const ask = (text) => () => {
      this.conversation.send(text);
      this.composer.focus();
    };
    return h(
      "div",
      { class: "starters" },
      this.settings.starters.map((text) => h("button", { type: "button", dir: "auto", onclick: ask(text) }, text)),
    );
  }

  #status() {
    const { words, conversation } = this;
    const text = this.#notice || (conversation.online && navigator.onLine ? "" : words(navigator.onLine ? "connecting" : "offline"));
    this.strip.textContent = text;
    this.strip.hidden = !text;
    this.typing.hidden = conversation.typing === null;
    this.typing.lastChild.textContent = conversation.typing ? words("typing", { name: conversation.typing }) : "";
  }

  tell(key) {
    this.#tell(this.words(key), true);
  }

  #tell(text, shown) {
    this.live.textContent = text;
    if (!shown) return;
    this.#notice = text;
    this.#status();
    setTimeout(() => {
      this.#notice = null;
      this.#status();
    }, 6000);
  }

  #atEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroll;
    return scrollHeight - scrollTop - clientHeight < 80;
  }

  #toEnd() {
    this.scroll.scrollTop = this.scroll.scrollHeight;
    this.#stuck = true;
    this.jump.hidden = true;
  }

  #scrolled() {
    this.#stuck = this.#atEnd();
    if (this.#stuck) this.jump.hidden = true;
    this.#seen();
  }

  #seen() {
    if (this.isOpen && !document.hidden && this.#atEnd()) this.conversation.seen();
  }

  async #earlier() {
    const { scrollHeight } = this.scroll;
    await this.conversation.earlier();
    this.scroll.scrollTop += this.scroll.scrollHeight - scrollHeight;
  }

  #phone() {
    const whole = this.isOpen && PHONE.matches;
    this.element.setAttribute("aria-modal", String(whole));
    document.documentElement.style.overflow = whole ? "hidden" : "";
  }

  #key(event) {
    if (event.key === "Escape") {
      event.stopPropagation();
      if (this.menu.open) {
        this.menu.open = false;
        this.menu.firstChild.focus();
      } else this.close_();
    }
    if (event.key !== "Tab" || !PHONE.matches) return;
    const inside = [...this.element.querySelectorAll(FOCUSABLE)].filter((element) => element.offsetParent !== null);
    const edge = event.shiftKey ? inside[0] : inside.at(-1);
    const active = this.element.getRootNode().activeElement;
    if (active !== edge) return;
    event.preventDefault();
    (event.shiftKey ? inside.at(-1) : inside[0]).focus();
  }

  #listen() {
    document.addEventListener("visibilitychange", () => this.#seen());
    PHONE.addEventListener("change", () => this.#phone());
    // A phone's keyboard covers the page without making it smaller.
    globalThis.visualViewport?.addEventListener("resize", () => this.element.style.setProperty("--height", `${visualViewport.height}px`));
    const sizes = new ResizeObserver(() => this.#stuck && this.#toEnd());
    [this.log.element, this.scroll].forEach((element) => sizes.observe(element));
    addEventListener("online", () => this.#status());
    addEventListener("offline", () => this.#status());
    if (!this.settings.files) return;
    const over = (yes) => (event) => {
      if (![...(event.dataTransfer?.types || [])].includes("Files")) return;
      event.preventDefault();
      this.element.classList.toggle("dropping", yes);
    };
    this.element.addEventListener("dragover", over(true));
    this.element.addEventListener("dragleave", (event) => this.element.contains(event.relatedTarget) || over(false)(event));
    this.element.addEventListener("drop", (event) => {
      over(false)(event);
      this.composer.addFiles(event.dataTransfer.files);
    });
  }
}
