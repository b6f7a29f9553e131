// Rows and counts that changed: the server sends the rows of this view, and names those that stand in it no longer.

export function applyLists(frame) {
  if (frame.counts) count(frame.counts);
  const list = document.querySelector("conversation-list");
  if (!list || list.dataset.view !== frame.view) return;
  if (frame.reload_list) readAnew(list);
  for (const { id, html } of frame.rows ?? []) list.put(String(id), html && parse(html));
  if (frame.rows) settle(list);
}

function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.querySelector(".row");
}

function settle(list) {
  list.picked();
  document.getElementById("list-empty")?.toggleAttribute("hidden", list.querySelector(".row") !== null);
}

/** A view that is not in the counts and is counted has none. */
function count(counts) {
  for (const place of document.querySelectorAll('.count[id^="count-"]')) {
    const slug = place.id.slice("count-".length);
    if (!(slug in counts) && place.dataset.count === "") continue;
    const number = counts[slug] ?? 0;
    place.dataset.count = number;
    place.textContent = number;
    place.classList.toggle("is-hot", slug === "mine" && number > 0);
  }
}

/** Too much has changed to say it row by row. */
async function readAnew(list) {
  const address = new URL(`/inbox/${list.dataset.view}/`, window.location.href);
  address.searchParams.set("order", list.dataset.order);
  const answer = await fetch(address);
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const rows = page.getElementById("rows");
  if (!rows) return;
  const open = document.getElementById("main")?.dataset.conversation;
  rows.querySelector(`[data-conversation="${CSS.escape(open ?? "")}"]`)?.setAttribute("aria-current", "true");
  list.rows.replaceChildren(...rows.childNodes);
  window.htmx.process(list.rows);
  settle(list);
}
