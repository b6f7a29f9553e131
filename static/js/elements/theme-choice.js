// <theme-choice>: light, dark or the system's, at once; the server remembers it with the agent.

class ThemeChoice extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", (event) => {
      event.preventDefault();
      const theme = event.submitter?.value;
      if (!theme) return;
      document.documentElement.dataset.theme = theme;
      for (const button of this.querySelectorAll("button")) {
        button.setAttribute("aria-pressed", String(button.value === theme));
      }
      document.dispatchEvent(new CustomEvent("theme"));
      // keepalive: it is remembered even if the page is left at once.
      const body = new FormData(event.target, event.submitter);
      fetch(event.target.action, { method: "POST", body, keepalive: true, headers: { "HX-Request": "true" } });
    });
  }
}

customElements.define("theme-choice", ThemeChoice);
