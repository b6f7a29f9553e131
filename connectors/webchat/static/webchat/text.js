// Message text as nodes: line breaks kept, addresses clickable. Works on text nodes only; HTML in a message stays text.
import { h } from "./dom.js";

// A web address ends before closing punctuation; brackets inside may be balanced ("…/Wool_(fibre)").
const LINK = /\bhttps?:\/\/[^\s<>"'“”«»]{1,2000}|\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/gi;

/** The nodes for `text`; links open in a new tab and tell the other side nothing about this page. */
export function linkify(text) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(LINK)) {
    const word = trimmed(match[0]);
    const href = safe(word);
    if (!href) continue;
    nodes.push(text.slice(from, match.index), h("a", { href, target: "_blank", rel: "noopener noreferrer nofollow" }, word));
    from = match.index + word.length;
  }
  nodes.push(text.slice(from));
  return nodes.filter((node) => node !== "");
}

function trimmed(word) {
  const shorter = word.replace(/[.,;:!?…]+$/, "");
  const unbalanced = shorter.endsWith(")") && shorter.split(")").length > shorter.split("(").length;
  const end = unbalanced ? shorter.slice(0, -1) : shorter;
  return end === word ? word : trimmed(end);
}

function safe(word) {
  try {
    const url = new URL(/^https?:/i.test(word) ? word : `mailto:${word}`);
    return ["http:", "https:", "mailto:"].includes(url.protocol) ? url.href : "";
  } catch {
    return "";
  }
}

/** True for one to three emoji and nothing else: shown large, without a bubble. */
export function onlyEmoji(text) {
  const bare = text.trim();
  return bare.length <= 24 && /^(?:(?:\p{Extended_Pictographic}|\p{Regional_Indicator}{2})[\p{Emoji_Modifier}\u200d\ufe0f]*){1,6}$/u.test(bare);
}

/** Two letters for an avatar. */
export function initials(name) {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const chosen = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  return chosen.map((word) => [...word][0]).join("").toUpperCase() || "?";
}

/** One of eight hues, the same for the same name. */
export function hue(name) {
  return [...name].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 997, 7) % 8;
}

/** "2.4 MB" in the visitor's language. */
export function bytes(size, language) {
  const [unit, divisor] = size < 1e6 ? ["kilobyte", 1e3] : ["megabyte", 1e6];
  const digits = { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: size < 1e6 ? 0 : 1 };
  return new Intl.NumberFormat(language, digits).format(Math.max(size / divisor, 0.1));
}
