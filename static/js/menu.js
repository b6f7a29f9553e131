// Menus. A link with data-menu fetches its page's form into a popover hung from the link; without scripts the link just opens
// that page. Buttons with popovertarget are placed the same way. Arrow keys move, Escape closes, focus goes back.

const GAP = 4;

/** Put the menu under (or over) its button, inside the window. */
export function hang(menu, button) {
  const from = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = window.innerHeight - from.bottom > height + GAP || from.top < height + GAP;
  const end = from.left + from.width / 2 > window.innerWidth / 2;
  const left = end ? from.right - width : from.left;
  menu.style.left = `${Math.max(8, Math.min(left, window.innerWidth - width - 8))}px`;
  menu.style.top = `${Math.max(8, Math.min(below ? from.bottom + GAP : from.top - height - GAP, window.innerHeight - height - 8))}px`;
}

function menuFor(link) {
  let menu = document.getElementById(link.dataset.menu);
  if (!menu) {
    menu = document.createElement("div");
    menu.id = link.dataset.menu;
    menu.className = "menu";
    menu.popover = "auto";
    // What is fetched is larger than what stood in for it.
    new ResizeObserver(() => menu.matches(":popover-open") && hang(menu, menu.opener)).observe(menu);
    document.body.append(menu);
  }
  return menu;
}

async function open(link) {
  const menu = menuFor(link);
  if (menu.matches(":popover-open")) {
    menu.hidePopover();
    return;
  }
  menu.innerHTML = '<div class="skeleton"><i></i><i></i><i></i></div>';
  // A menu opened from another one takes its place.
  menu.opener = link.closest(".menu")?.opener ?? link;
  link.closest(".menu")?.hidePopover();
  menu.showPopover();
  hang(menu, menu.opener);
  const picked = link.closest("form.bulk") ? pickedQuery() : "";
  await window.htmx.ajax("GET", link.getAttribute("href") + picked, { target: menu, swap: "innerHTML" });
  hang(menu, menu.opener);
  (menu.querySelector("[autofocus]") ?? menu.querySelector(".menu-item, input:not([type=hidden]), button"))?.focus();
}

function pickedQuery() {
  const boxes = document.querySelectorAll(".row-pick input:checked");
  return `?${[...boxes].map((box) => `conversation=${box.value}`).join("&")}`;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-menu]");
  if (!link || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  open(link);
});

// toggle does not bubble, so it is caught on the way down.
document.addEventListener(
  "toggle",
  (event) => {
    const menu = event.target;
    if (!menu.matches?.(".menu")) return;
    const button = menu.opener ?? document.querySelector(`[popovertarget="${menu.id}"]`);
    button?.setAttribute("aria-expanded", String(event.newState === "open"));
    if (event.newState === "open" && button) hang(menu, button);
    else if (menu.contains(document.activeElement) || document.activeElement === document.body) button?.focus();
  },
  true,
);

document.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const menu = document.activeElement?.closest?.(".menu");
  if (!menu || document.activeElement.matches('[type="radio"]')) return;
  const items = [...menu.querySelectorAll(".menu-item:not([hidden]), .menu-search input")].filter((item) => item.offsetParent);
  const at = items.indexOf(document.activeElement);
  const next = items[(at + (event.key === "ArrowDown" ? 1 : -1) + items.length) % items.length];
  if (!next) return;
  event.preventDefault();
  next.focus();
});

// Typing into a menu's search field narrows its items.
document.addEventListener("input", (event) => {
  if (!event.target.matches(".menu-search input")) return;
  const wanted = event.target.value.trim().toLowerCase();
  for (const item of event.target.closest(".menu").querySelectorAll("[data-name]")) {
    item.hidden = !item.dataset.name.toLowerCase().includes(wanted);
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches?.(".menu-search input")) return;
  const first = event.target.closest(".menu").querySelector("[data-name]:not([hidden])");
  if (!first) return;
  event.preventDefault();
  first.click();
});

// A menu's form has been answered: the menu is done.
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.requestConfig?.verb !== "post" || !event.detail.successful) return;
  const menu = event.target.closest?.(".menu:popover-open");
  if (menu && !event.target.closest("[data-stay]")) menu.hidePopover();
});
