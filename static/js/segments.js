// How many SMS a text becomes (3GPP TS 23.038, TS 23.040). For channels whose capabilities say segments: "gsm7".
// The same rules in Python: connectors/twilio/segments.py; a test holds the two together.

const BASIC =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
  "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const EXTENDED = "\f^{}\\[~]|€";
const SEPTETS = new Map([...[...BASIC].map((char) => [char, 1]), ...[...EXTENDED].map((char) => [char, 2])]);
const ALONE = { "GSM-7": 160, "UCS-2": 70 };
const PART = { "GSM-7": 153, "UCS-2": 67 };

/**
 * @param {string} text
 * @returns {{encoding: string, units: number, count: number, left: number, forcing: string}}
 *   units: septets or UTF-16 code units; left: how many still fit; forcing: the characters that need UCS-2.
 */
export function segments(text) {
  const chars = [...text.replaceAll("\r\n", "\n")];
  const forcing = [...new Set(chars.filter((char) => !SEPTETS.has(char)))].join("");
  const encoding = forcing ? "UCS-2" : "GSM-7";
  const sizes = chars.map((char) => (forcing ? char.length : SEPTETS.get(char)));
  const units = sizes.reduce((sum, size) => sum + size, 0);
  if (units <= ALONE[encoding]) {
    return { encoding, units, count: units > 0 ? 1 : 0, left: ALONE[encoding] - units, forcing };
  }
  const [count, filled] = parts(sizes, PART[encoding]);
  return { encoding, units, count, left: PART[encoding] - filled, forcing };
}

// A character of two units (escape and letter, surrogate pair) is never cut in half.
function parts(sizes, room) {
  let count = 1;
  let filled = 0;
  for (const size of sizes) {
    if (filled + size > room) {
      count += 1;
      filled = 0;
    }
    filled += size;
  }
  return [count, filled];
}
