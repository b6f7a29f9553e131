// One colour in, a whole theme out: every text on it and every use of it on our grounds keeps a contrast of 4.5 (WCAG 2.2, 1.4.3).

// The grounds of the style sheet that are hardest to write on: --soft.
const GROUNDS = { light: [243, 242, 239], dark: [41, 41, 47] };
const WANTED = 4.5;

function parse(hex) {
  const found = /^#?([0-9a-f]{6})$/i.exec(hex || "");
  const value = parseInt(found ? found[1] : "3b52d4", 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

function luminance(rgb) {
  const [r, g, b] = rgb.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** The contrast of two colours given as [r, g, b]: 1 to 21. */
export function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

const mix = (rgb, towards, share) => rgb.map((part, index) => Math.round(part + (towards[index] - part) * share));
const css = (rgb) => `rgb(${rgb.join(" ")})`;

/** `colour` moved towards black (or white) until it can be read on `ground`. */
function readable(colour, ground) {
  const towards = luminance(ground) > 0.5 ? [0, 0, 0] : [255, 255, 255];
  for (let share = 0; share < 1; share += 0.05) {
    const tried = mix(colour, towards, share);
    if (contrast(tried, ground) >= WANTED) return tried;
  }
  return towards;
}

/** The custom properties for one brand colour ("#rrggbb"), as a style sheet for the shadow root. */
export function themeSheet(hex) {
  const accent = parse(hex);
  const white = [255, 255, 255];
  const ink = contrast(accent, white) >= WANTED ? white : [0, 0, 0];
  const own = contrast(accent, ink) >= WANTED ? ink : white;
  const deep = mix(accent, luminance(own) > 0.5 ? [0, 0, 0] : [255, 255, 255], 0.14);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`:host {
    --accent: ${css(accent)}; --accent-ink: ${css(own)}; --accent-deep: ${css(deep)};
    --accent-text: light-dark(${css(readable(accent, GROUNDS.light))}, ${css(readable(accent, GROUNDS.dark))});
  }`);
  return sheet;
}
