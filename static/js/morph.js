// morph(old, fresh): makes `old` look like `fresh` by changing only what differs, so that focus, the caret, an open menu,
// a loaded frame and what somebody types stay. Custom elements render themselves: equal attributes, same element.

// What scripts put on elements of the page; the server does not know of it.
const OURS = new Set(["data-joined", "data-continues", "data-folded", "data-elsewhere", "data-in-run", "data-unfolded", "aria-expanded"]);
const OUR_CLASSES = /^(is-new|is-found|htmx-.*)$/;

export function morph(old, fresh) {
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName) {
    old.replaceWith(fresh);
    return fresh;
  }
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
    return old;
  }
  if (old.nodeName.includes("-")) {
    if (sameAttributes(old, fresh)) return old;
    old.replaceWith(fresh);
    return fresh;
  }
  attributes(old, fresh);
  // Who is here and who types: filled by live/here.js alone.
  if (old.dataset.presence || old.dataset.typing) return old;
  if (old.nodeName !== "TEXTAREA") children(old, fresh);
  return old;
}

function attributes(old, fresh) {
  const kept = [...old.classList].filter((name) => OUR_CLASSES.test(name));
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value && !(OURS.has(name) && old.hasAttribute(name))) old.setAttribute(name, value);
  }
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && !OURS.has(name)) old.removeAttribute(name);
  }
  // What cannot be chosen any more is not chosen.
  if (old.nodeName === "INPUT" && fresh.disabled) old.checked = fresh.checked;
  if (kept.length) old.classList.add(...kept);
}

function sameAttributes(old, fresh) {
  const names = new Set([...old.getAttributeNames(), ...fresh.getAttributeNames()].filter((name) => !OURS.has(name)));
  // A <relative-time> sets its own title.
  names.delete("title");
  return [...names].every((name) => old.getAttribute(name) === fresh.getAttribute(name));
}

function children(old, fresh) {
  let place = old.firstChild;
  for (const wanted of [...fresh.childNodes]) {
    const known = wanted.id ? [...old.children].find((child) => child.id === wanted.id) : null;
    if (known) {
      if (known === place) place = place.nextSibling;
      else old.insertBefore(known, place);
      morph(known, wanted);
    } else if (place && place.nodeName === wanted.nodeName && !place.id && !wanted.id) {
      const next = place.nextSibling;
      morph(place, wanted);
      place = next;
    } else {
      old.insertBefore(wanted, place);
    }
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}
