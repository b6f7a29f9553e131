// <mail-body>: the frame a mail's HTML is shown in. Nothing can run in it (sandbox and CSP); this page only measures it,
// passes on the theme, and remembers the height so that it does not jump when it is opened again.

const KEY = "mail-heights";
const heights = JSON.parse(sessionStorage.getItem(KEY) ?? "{}");

function theme() {
  const chosen = document.documentElement.dataset.theme;
  if (chosen === "dark" || chosen === "light") return chosen;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

class MailBody extends HTMLElement {
  connectedCallback() {
    this.frame = this.querySelector("iframe");
    if (!this.frame) return;
    const known = heights[this.dataset.src];
    if (known) this.frame.style.blockSize = `${known}px`;
    this.frame.addEventListener("load", () => this.loaded());
    if (this.frame.contentDocument?.readyState === "complete") this.loaded();
    this.onTheme = () => this.paint();
    document.addEventListener("theme", this.onTheme);
  }

  disconnectedCallback() {
    document.removeEventListener("theme", this.onTheme);
    this.observer?.disconnect();
  }

  loaded() {
    const page = this.frame.contentDocument;
    if (!page?.body || page.URL === "about:blank") return;
    this.paint();
    this.observer?.disconnect();
    this.observer = new ResizeObserver(() => this.fit());
    this.observer.observe(page.body);
    this.fit();
  }

  paint() {
    const root = this.frame?.contentDocument?.documentElement;
    if (root) root.dataset.theme = theme();
  }

  fit() {
    const body = this.frame.contentDocument?.body;
    if (!body) return;
    const height = Math.ceil(body.getBoundingClientRect().height);
    if (!height || height === this.height) return;
    this.height = height;
    this.frame.style.blockSize = `${height}px`;
    heights[this.dataset.src] = height;
    sessionStorage.setItem(KEY, JSON.stringify(heights));
  }
}

customElements.define("mail-body", MailBody);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => document.dispatchEvent(new CustomEvent("theme")));

// "Show images" loads the frame anew, with remote pictures; "Show quoted text" can be shown once.
document.addEventListener("click", (event) => {
  const images = event.target.closest("[data-show-images]");
  if (!images) return;
  event.preventDefault();
  const frame = images.closest(".mail").querySelector("iframe");
  const address = new URL(frame.src);
  address.searchParams.set("images", "1");
  frame.src = address;
  images.remove();
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.target.matches?.("[data-show-quoted]") && event.detail.successful) event.target.remove();
});
