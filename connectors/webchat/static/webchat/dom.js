// Making elements. Children are nodes or strings; a string always becomes a text node, so nothing is ever parsed as HTML.

/** Makes an element: `h("button", { class: "send", onclick }, icon("send"))`. Null and false attributes are left out. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";
const SHAPES = {
  chat: "M12 4c5 0 8.5 3.1 8.5 7.2 0 4-3.5 7.1-8.5 7.1-1 0-2-.1-2.9-.4L5 20l.9-3.4C4.4 15.3 3.5 13.4 3.5 11.2 3.5 7.1 7 4 12 4Z",
  down: "M6 9.5 12 15.5 18 9.5",
  more: "M5 12v.1M12 12v.1M19 12v.1",
  close: "M6.5 6.5 17.5 17.5M17.5 6.5 6.5 17.5",
  send: "M12 19V5.5M6 11 12 5l6 6",
  clip: "M19 11.5 12.4 18a4.2 4.2 0 0 1-6-6l7-6.9a2.8 2.8 0 0 1 4 4l-6.9 6.9a1.4 1.4 0 0 1-2-2l6.3-6.2",
  smile: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17ZM8.5 14c.8 1.2 2 1.9 3.5 1.9s2.7-.7 3.5-1.9M9.2 9.7v.1M14.8 9.7v.1",
  file: "M13.5 3.5H7A1.5 1.5 0 0 0 5.5 5v14A1.5 1.5 0 0 0 7 20.5h10a1.5 1.5 0 0 0 1.5-1.5V8.5ZM13.5 3.5v5h5",
  clock: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17ZM12 7.5V12l3 2",
  one: "M5 12.5 10 17.5 19.5 7",
  two: "M2.5 12.5 7.5 17.5 16.5 7M12 16.8l.7.7L21.5 7",
  alert: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17ZM12 7.8v5M12 16v.1",
};

/** A line drawing, hidden from screen readers: the button around it carries the name. */
export function icon(name, size = 20) {
  return drawing(SHAPES[name], { viewBox: "0 0 24 24", width: size, height: size, "aria-hidden": "true" });
}

/** A drawing of one path. */
export function drawing(shape, attributes) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
  path.setAttribute("d", shape);
  svg.append(path);
  return svg;
}

/** An icon button whose name is read aloud and shown on hover. */
export function iconButton(name, label, attributes = {}, size = 20) {
  return h("button", { type: "button", class: "icon", "aria-label": label, title: label, ...attributes }, icon(name, size));
}
