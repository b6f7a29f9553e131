// <command-palette>: the dialog behind Ctrl/Cmd K. Results come from the server as links; arrows choose, Enter goes.

class CommandPalette extends HTMLElement {
  connectedCallback() {
    this.dialog = this.closest("dialog");
    this.input = this.querySelector("input");
    this.dialog.addEventListener("opened", () => {
      this.input.select();
      window.htmx.trigger(this.input, "wake");
    });
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("input", () => this.wait());
    this.addEventListener("htmx:afterSwap", (event) => {
      // An answer to what was written before is not what one waits for.
      if (event.detail.requestConfig.parameters.q === this.input.value) this.arrived();
    });
    this.addEventListener("click", (event) => event.target.closest("a[href]") && this.dialog.close());
  }

  get options() {
    return [...this.querySelectorAll("[role=option]")];
  }

  /** What is shown no longer answers what is written. */
  wait() {
    this.waiting = true;
    this.entered = false;
  }

  arrived() {
    this.waiting = false;
    this.choose(0);
    if (this.entered) this.options[0]?.click();
    this.entered = false;
  }

  choose(index) {
    const { options } = this;
    const chosen = options[(index + options.length) % options.length];
    for (const option of options) option.setAttribute("aria-selected", String(option === chosen));
    chosen?.scrollIntoView({ block: "nearest" });
    if (chosen) this.input.setAttribute("aria-activedescendant", chosen.id);
    else this.input.removeAttribute("aria-activedescendant");
  }

  key(event) {
    const { options } = this;
    const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown") this.choose(at + 1);
    else if (event.key === "ArrowUp") this.choose(at - 1);
    else if (event.key === "Enter" && this.waiting) this.entered = true;
    else if (event.key === "Enter" && at >= 0) options[at].click();
    else return;
    event.preventDefault();
  }
}

customElements.define("command-palette", CommandPalette);
