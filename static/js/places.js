// Which place is in front when not all fit: list or thread on a phone, the customer's drawer, the rail's drawer.

const body = document.body;

function show(place) {
  body.dataset.place = place;
  body.dataset.panel = "closed";
  body.dataset.rail = "closed";
}

function toggle(name) {
  const open = body.dataset[name] !== "open";
  body.dataset[name] = open ? "open" : "closed";
  const place = document.getElementById(name);
  if (open) {
    place?.querySelector("a, button")?.focus();
  } else {
    document.querySelector(`[data-toggle="${name}"]`)?.focus();
  }
}

document.addEventListener("click", (event) => {
  const toggler = event.target.closest("[data-toggle]");
  if (toggler) {
    toggle(toggler.dataset.toggle);
    return;
  }
  if (event.target.closest("[data-back]") && document.querySelector(".list")) {
    event.preventDefault();
    history.pushState({ place: "list" }, "", event.target.closest("[data-back]").href);
    show("list");
    document.querySelector('.row[aria-current="true"] .row-link')?.focus();
    return;
  }
  // A click beside an open drawer closes it.
  for (const name of ["rail", "panel"]) {
    if (body.dataset[name] === "open" && !event.target.closest(`#${name}`)) body.dataset[name] = "closed";
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const name of ["rail", "panel"]) if (body.dataset[name] === "open") toggle(name);
});

// A message that was found: its place in the open thread, which is fetched around it if the page has not got it.
document.addEventListener("click", async (event) => {
  const link = event.target.closest("[data-to-message]");
  if (!link || event.ctrlKey || event.metaKey || !document.getElementById("timeline")) return;
  event.preventDefault();
  const id = `message-${link.dataset.toMessage}`;
  link.closest(".menu:popover-open")?.hidePopover();
  if (document.getElementById("timeline").show(id)) return;
  await window.htmx.ajax("GET", link.getAttribute("href").split("#")[0], { target: "#open", swap: "innerHTML" });
  document.getElementById(id)?.focus({ preventScroll: true });
});

// What opened is marked in the list and takes the front.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== "open") return;
  show("thread");
  const current = document.getElementById("main")?.dataset.conversation;
  for (const row of document.querySelectorAll(".row")) {
    if (row.dataset.conversation === current) {
      row.setAttribute("aria-current", "true");
      row.dataset.unread = "false";
    } else row.removeAttribute("aria-current");
  }
});

// Going back to what htmx opened is htmx's (it loads the page anew); going back to what was left here is ours.
window.addEventListener("popstate", (event) => {
  if (!event.state?.htmx) window.location.reload();
});
