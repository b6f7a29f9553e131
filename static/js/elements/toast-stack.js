// <toast-stack>: what just happened, for some seconds, with Undo where it can be taken back.

import { undo } from "../keyboard.js";
import { say } from "../words.js";

const SECONDS = 6;

class ToastStack extends HTMLElement {
  connectedCallback() {
    for (const toast of this.children) this.leave(toast, SECONDS);
  }

  show({ text, action, label, seconds = SECONDS }) {
    const toast = document.createElement("div");
    toast.className = "toast";
    const words = document.createElement("span");
    words.textContent = text;
    toast.append(words);
    if (action) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = label;
      button.addEventListener("click", () => {
        toast.remove();
        action();
      });
      toast.append(button);
    }
    this.append(toast);
    while (this.children.length > 3) this.firstElementChild.remove();
    this.leave(toast, seconds);
    return toast;
  }

  leave(toast, seconds) {
    const go = () => (toast.matches(":hover, :focus-within") ? setTimeout(go, 1500) : toast.remove());
    setTimeout(go, seconds * 1000);
  }
}

customElements.define("toast-stack", ToastStack);

/** Show one line; with an action, also its button. */
export function toast(text, options = {}) {
  return document.querySelector("toast-stack")?.show({ text, ...options });
}

document.addEventListener("toast", (event) => {
  const { text, undo: undoable } = event.detail;
  toast(text, undoable ? { action: undo, label: say("undo") } : {});
});
