// Choosing an emoji: by mouse, by its name and Enter (js/menu.js finds it), or by the arrow keys. In the composer's menu it goes
// where the caret is; in a message's it is a button of a form.

document.addEventListener("click", (event) => {
  const chosen = event.target.closest("[data-emoji]");
  const text = document.getElementById("composer")?.text;
  if (!chosen || !text) return;
  // First the focus, then the menu: one that closes with the focus in it gives it back to its button.
  text.focus();
  text.setRangeText(chosen.dataset.emoji, text.selectionStart, text.selectionEnd, "end");
  text.dispatchEvent(new Event("input", { bubbles: true }));
  chosen.closest(".menu:popover-open")?.hidePopover();
});

/** In the grid the arrows go by one and by a row; above its first row is the field. */
document.addEventListener(
  "keydown",
  (event) => {
    const menu = event.target.closest?.(".menu");
    const shown = menu ? [...menu.querySelectorAll(".emoji:not([hidden])")] : [];
    const at = shown.indexOf(event.target);
    if (!shown.length || (at < 0 && event.key !== "ArrowDown")) return;
    const row = shown.filter((each) => each.offsetTop === shown[0].offsetTop).length;
    const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: at < 0 ? 1 : row, ArrowUp: -row }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    (shown[at + by] ?? (by < 0 ? menu.querySelector("input") : shown.at(-1))).focus();
  },
  true,
);
