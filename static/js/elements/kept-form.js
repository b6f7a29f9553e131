// <kept-form data-key data-agent>: what is typed into the form inside stays on this device until the server has taken it, so
// that a lost connection or a locked phone costs nothing. A colleague on the same device never finds it. Nothing older than a day.

const PREFIX = "kept:";
const DAY = 24 * 3600 * 1000;
const NEVER = ["csrfmiddlewaretoken", "place"];

class KeptForm extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.key = `${PREFIX}${this.dataset.agent}:${this.dataset.key}`;
    forgetOthers(`${PREFIX}${this.dataset.agent}:`);
    this.restore();
    this.addEventListener("input", () => this.keep());
    this.addEventListener("change", (event) => {
      fill(event.target);
      this.keep();
    });
    this.addEventListener("htmx:beforeOnLoad", (event) => {
      if (event.detail.xhr.getResponseHeader("HX-Redirect")) localStorage.removeItem(this.key);
    });
  }

  keep() {
    const values = [...new FormData(this.form)].filter(([name, value]) => typeof value === "string" && !NEVER.includes(name));
    localStorage.setItem(this.key, JSON.stringify({ at: Date.now(), values }));
  }

  /** What the server sent back wins: it is what was typed last. */
  restore() {
    const kept = read(this.key);
    if (!kept || this.querySelector("[role=alert]")) return;
    for (const [name, value] of kept.values) {
      for (const field of this.form.elements[name]?.length && !this.form.elements[name].options ? this.form.elements[name] : [this.form.elements[name]]) {
        if (!field) continue;
        if (field.type === "radio" || field.type === "checkbox") field.checked = field.value === value;
        else if (value) field.value = value;
        if (value && (field.checked ?? true)) openAround(field);
      }
    }
  }
}

/** A part of the form that is folded and has something in it is shown. */
function openAround(field) {
  const part = field.closest("details");
  if (part) part.open = true;
}

/** A saved reply fills the text it is for. */
function fill(select) {
  const target = document.getElementById(select.dataset?.fills ?? "");
  const text = select.selectedOptions?.[0]?.dataset.text;
  if (target && text) target.value = text;
}

function read(key) {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? "null");
    if (kept && Date.now() - kept.at < DAY) return kept;
  } catch {
    // Not ours, or cut short: as if nothing had been kept.
  }
  localStorage.removeItem(key);
  return null;
}

function forgetOthers(mine) {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(PREFIX) && (!key.startsWith(mine) || !read(key))) localStorage.removeItem(key);
  }
}

customElements.define("kept-form", KeptForm);
