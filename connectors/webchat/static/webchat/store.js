// What the browser keeps for one channel: the visitor's token, what is not sent yet, the draft. Memory only where storage is forbidden.

export class Store extends EventTarget {
  #key;
  #memory = "{}";

  constructor(channel) {
    super();
    this.#key = `onethread:${channel}`;
    // Another tab wrote: tell the conversation.
    addEventListener("storage", (event) => {
      if (event.key === this.#key || event.key === null) this.dispatchEvent(new Event("change"));
    });
  }

  get all() {
    try {
      return JSON.parse(localStorage.getItem(this.#key) || this.#memory);
    } catch {
      return JSON.parse(this.#memory);
    }
  }

  get(name) {
    return this.all[name];
  }

  /** Writes some names and leaves the others as any tab last wrote them; undefined takes a name away. */
  set(values) {
    const text = JSON.stringify({ ...this.all, ...values });
    try {
      localStorage.setItem(this.#key, text);
    } catch {
      this.#memory = text;
    }
  }

  clear() {
    this.#memory = "{}";
    try {
      localStorage.removeItem(this.#key);
    } catch {
      // Storage is forbidden here: there was nothing in it.
    }
  }
}
