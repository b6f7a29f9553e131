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
    this.addEventListener("htmx:afterSwap", () => this.choose(0));
    this.addEventListener("click", (event) => event.target.closest("a[href]") && this.dialog.close());
  }

  get options() {
    return [...this.querySelectorAll("[role=option]")];
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
    else if (event.key === "Enter" && at >= 0) options[at].click();
    else return;
    event.preventDefault();
  }
}

customElements.define("command-palette", CommandPalette);
