// Hands on the keyboard: one letter, one verb; g and a letter, one view. Never while somebody types.

const VIEWS = { w: "waiting", n: "mentions", m: "mine", u: "unassigned", o: "all", s: "snoozed", q: "quiet", r: "resolved" };
let leader = 0;

function typing(target) {
  return target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
}

function step(by) {
  const rows = [...document.querySelectorAll(".row")];
  if (!rows.length) return;
  const from = document.activeElement?.closest?.(".row") ?? document.querySelector('.row[aria-current="true"]');
  const at = from ? rows.indexOf(from) + by : by > 0 ? 0 : rows.length - 1;
  const row = rows[Math.max(0, Math.min(rows.length - 1, at))];
  row.querySelector(".row-link").focus();
  row.scrollIntoView({ block: "nearest" });
}

/** While rows are picked, a verb is meant for them and never for what is open. */
function press(key) {
  const verbs = document.querySelector(".list[data-picking] .bulk") ?? document.getElementById("actions");
  const button = verbs?.querySelector(`[data-key="${key}"]`);
  button?.click();
  return Boolean(button);
}

function compose(mode) {
  const composer = document.querySelector("message-composer");
  composer?.choose(mode);
  return Boolean(composer);
}

function find() {
  const button = document.querySelector('#filters [data-key="f"]');
  button?.click();
  return Boolean(button);
}

function go(key) {
  const link = key === "c" ? "customers" : VIEWS[key];
  const target = document.querySelector(`#rail [data-go="${link}"]`);
  target?.click();
  return Boolean(target);
}

function pick() {
  const row = document.activeElement?.closest?.(".row") ?? document.querySelector('.row[aria-current="true"]');
  row?.querySelector("input[type=checkbox]")?.click();
  return Boolean(row);
}

const KEYS = {
  j: () => (step(1), true),
  k: () => (step(-1), true),
  x: pick,
  r: () => compose("reply"),
  n: () => compose("note"),
  a: () => press("a"),
  e: () => press("e"),
  s: () => press("s"),
  t: () => press("t"),
  f: find,
  z: () => (undo(), true),
  "/": () => (openDialog("palette"), true),
  "?": () => (openDialog("keys"), true),
};

/** Take back the last thing, whatever it was. */
export async function undo() {
  const url = document.body.dataset.undoUrl;
  if (!url) return;
  const open = document.getElementById("main")?.dataset.conversation ?? "";
  await window.htmx.ajax("POST", url, { target: "body", swap: "none", values: { open } });
}

export function openDialog(id) {
  const dialog = document.getElementById(id);
  if (!dialog || dialog.open) return;
  dialog.showModal();
  dialog.dispatchEvent(new Event("opened"));
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openDialog("palette");
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.key === "Escape" && typing(event.target) && event.target.closest("message-composer")) {
    event.target.blur();
    return;
  }
  if (typing(event.target) || document.querySelector("dialog[open]") || event.target.closest?.(".menu")) return;
  const after = Date.now() - leader < 1200;
  leader = 0;
  if (event.key === "g" && !after) {
    leader = Date.now();
    return;
  }
  const done = after ? go(event.key) : KEYS[event.key]?.();
  if (done) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (!opener) return;
  event.preventDefault();
  opener.closest(".menu:popover-open")?.hidePopover();
  openDialog(opener.dataset.open);
});

// Dialogs close when the ground beside them is pressed.
document.addEventListener("click", (event) => {
  if (event.target.matches?.("dialog.dialog[open]")) event.target.close();
});

