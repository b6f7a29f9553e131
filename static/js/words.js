// The few words this page's scripts say, in the reader's language: the server puts them into <script id="words">.

const words = JSON.parse(document.getElementById("words")?.textContent ?? "{}");

/** The word for this key, with {name} replaced from values. */
export function say(key, values = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

const lang = document.documentElement.lang;
/** The page's language, in the reader's own region where their browser names it (en → en-GB): dates are written that way. */
export const language = navigator.languages?.find((each) => each.split("-")[0] === lang) ?? (lang || undefined);
/** Why something was refused: the server puts the sentence into a header, percent-encoded. */
export function reason(headers) {
  const sent = typeof headers === "string" ? headers : headers.get("X-Reason");
  return sent ? decodeURIComponent(sent) : "";
}

export const timeZone = document.body?.dataset.timeZone || undefined;
