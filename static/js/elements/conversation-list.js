// <conversation-list>: picking several rows, and rows that change while one reads. Whoever learns that conversations changed
// dispatches `rows {ids}` on document (js/live.js does, and the answers to actions); their rows are fetched for this view and
// put where data-newest (or data-waiting) says; those no longer in the view go. The reader's place does not move.


const GATHER = 150;

class ConversationList extends HTMLElement {
  connectedCallback() {
    this.rows = this.querySelector(".rows");
    this.scroller = this.querySelector(".list-scroll");
    this.waiting = new Set();
    this.followed = new Map();
    this.addEventListener("change", (event) => event.target.matches(".row-pick input") && this.picked());
    this.addEventListener("click", (event) => this.clicked(event));
    this.addEventListener("reset", () => requestAnimationFrame(() => this.picked()));
    this.onRows = (event) => this.gather(event.detail.ids);
    document.addEventListener("rows", this.onRows);
  }

  disconnectedCallback() {
    document.removeEventListener("rows", this.onRows);
  }

  // ------------------------------------------------------------ picking

  clicked(event) {
    const box = event.target.closest(".row-pick")?.querySelector("input");
    if (!box || event.target !== box) return;
    const boxes = [...this.rows.querySelectorAll(".row-pick input")];
    const from = boxes.indexOf(this.lastBox);
    if (event.shiftKey && from >= 0) {
      const [first, last] = [from, boxes.indexOf(box)].sort((a, b) => a - b);
      for (const each of boxes.slice(first, last + 1)) each.checked = box.checked;
    }
    this.lastBox = box;
    this.picked();
  }

  picked() {
    const count = this.rows.querySelectorAll(".row-pick input:checked").length;
    this.toggleAttribute("data-picking", count > 0);
    const place = this.querySelector("[data-picked]");
    if (place) place.textContent = count;
  }

  // ------------------------------------------------------------ rows that changed

  gather(ids) {
    for (const id of ids) this.waiting.add(String(id));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.refresh(), GATHER);
  }

  async refresh() {
    const ids = [...this.waiting];
    this.waiting.clear();
    if (!ids.length || !this.dataset.rowsUrl) return;
    const address = new URL(this.dataset.rowsUrl, window.location.origin);
    for (const id of ids) address.searchParams.append("only", id);
    const answer = await fetch(address, { headers: { "HX-Request": "true" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = new Map([...page.querySelectorAll(".row")].map((row) => [row.dataset.conversation, row]));
    for (const id of ids) this.put(id, fresh.get(id));
    this.picked();
    document.getElementById("list-empty")?.toggleAttribute("hidden", this.rows.querySelector(".row") !== null);
  }

  put(id, row) {
    const old = document.getElementById(`conversation-row-${id}`);
    const top = this.scroller.scrollTop;
    const height = this.rows.scrollHeight;
    const above = old ? old.offsetTop < top : false;
    const focused = old?.contains(document.activeElement);
    if (!row) {
      const next = old && this.beside(old);
      if (next) this.followed.set(id, next);
      old?.remove();
      if (focused) next?.querySelector(".row-link")?.focus();
    } else {
      this.keep(old, row);
      const next = [...this.rows.querySelectorAll(".row")].find((other) => other !== old && this.before(row, other));
      const more = document.getElementById("rows-more");
      if (!next && more && !old) return;
      old?.remove();
      this.rows.insertBefore(row, next ?? more);
      window.htmx.process(row);
      if (focused) row.querySelector(".row-link").focus({ preventScroll: true });
    }
    // What was inserted or taken away above the first visible row must not move it.
    if (top > 0 && (above || (row && row.offsetTop < top))) this.scroller.scrollTop = top + this.rows.scrollHeight - height;
  }

  /** The row one goes on to from this one: the next, after the last the one before. */
  beside(row) {
    const rows = [...this.rows.querySelectorAll(".row")];
    const at = rows.indexOf(row);
    return rows[at + 1] ?? rows[at - 1];
  }

  before(row, other) {
    if (this.dataset.order === "waiting") return row.dataset.waiting < other.dataset.waiting;
    return row.dataset.newest > other.dataset.newest;
  }

  keep(old, row) {
    const open = document.getElementById("main")?.dataset.conversation;
    if (row.dataset.conversation === open) {
      row.setAttribute("aria-current", "true");
      if (!document.hidden) row.dataset.unread = "false";
    }
    const box = old?.querySelector("input[type=checkbox]");
    if (box?.checked) row.querySelector("input[type=checkbox]").checked = true;
  }
}

customElements.define("conversation-list", ConversationList);

