// The widget's texts: one JSON per language in lang/, English where a word is missing. Right-to-left follows the language.

const LANGUAGES = ["en", "de", "es", "fr"];
const RIGHT_TO_LEFT = ["ar", "fa", "he", "ur"];

/** The first language we have of: the script tag's, the page's, the browser's. */
export function chooseLanguage(asked) {
  const wanted = [asked, document.documentElement.lang, ...(navigator.languages || [])].filter(Boolean);
  const found = wanted.map((tag) => tag.toLowerCase().split("-")[0]).find((code) => LANGUAGES.includes(code));
  return found || "en";
}

/** Text in one language: `words("failed")`, `words("minutes", { n: 3 })` with plural forms "one|other". */
export async function loadWords(fetchJson, language) {
  const [own, english] = await Promise.all([fetchJson(language), language === "en" ? {} : fetchJson("en")]);
  const texts = { ...english, ...own };
  const plural = new Intl.PluralRules(language);
  const words = (key, values = {}) => {
    const [one, other = one] = texts[key].split("|");
    const text = "n" in values && plural.select(values.n) === "one" ? one : other;
    return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
  };
  words.language = language;
  words.direction = RIGHT_TO_LEFT.includes(language) ? "rtl" : "ltr";
  return words;
}

const sameDay = (one, other) => one.toDateString() === other.toDateString();

/** "Today", "Yesterday" or "Monday, 3 March". */
export function dayName(date, language) {
  const now = new Date();
  const yesterday = new Date(now);
  yesterday.setDate(now.getDate() - 1);
  const near = sameDay(date, now) ? 0 : sameDay(date, yesterday) ? -1 : null;
  if (near !== null) {
    const text = new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(near, "day");
    return text[0].toLocaleUpperCase(language) + text.slice(1);
  }
  const year = date.getFullYear() === now.getFullYear() ? undefined : "numeric";
  return new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long", year }).format(date);
}

/** "14:05" as the visitor's language writes it. */
export const clock = (date, language) => new Intl.DateTimeFormat(language, { timeStyle: "short" }).format(date);
