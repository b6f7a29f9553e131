// A small grid of the emoji people answer with. Arrow keys move, Enter chooses, Escape leaves.
import { h } from "./dom.js";

const COLUMNS = 8;
const EMOJI = [
  ..."😀😄😅😂🙂😉😊😍😘🤗🤔😐😬😢😭😡",
  ..."👍👎👌🙏👏🙌💪👋✅❌❗❓⏰📷📦🚚",
  ..."🎉🎁✨🔥💯💡🌟💚🧡💙🖤🌈🌧🌞🧶🧣",
];

/** The grid, hidden at first. `chosen` gets the emoji; `left` is called when it is left without one. */
export function emojiGrid({ label, chosen, left }) {
  const buttons = EMOJI.map((emoji, index) =>
    h("button", { type: "button", tabindex: index ? "-1" : "0", onclick: () => chosen(emoji) }, emoji),
  );
  const move = (event) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      left();
      return;
    }
    const forward = getComputedStyle(grid).direction === "rtl" ? -1 : 1;
    const step = { ArrowRight: forward, ArrowLeft: -forward, ArrowDown: COLUMNS, ArrowUp: -COLUMNS }[event.key];
    const from = buttons.indexOf(event.target);
    const to = buttons[from + step];
    if (!to) return;
    event.preventDefault();
    event.target.tabIndex = -1;
    to.tabIndex = 0;
    to.focus();
  };
  const leave = (event) => {
    if (event.relatedTarget && !grid.contains(event.relatedTarget)) grid.hidden = true;
  };
  const grid = h("div", { class: "emoji", role: "group", "aria-label": label, hidden: true, onkeydown: move, onfocusout: leave }, buttons);
  return grid;
}
