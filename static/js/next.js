// Who wants it so (their profile says it): resolving a conversation opens the next one of the list before them.
// `resolved {id}` is dispatched by the answers to one's own moves only; what others resolve takes nobody away.

document.addEventListener("resolved", (event) => {
  const id = String(event.detail.id);
  if (!("opensNext" in document.body.dataset) || document.getElementById("main")?.dataset.conversation !== id) return;
  const list = document.querySelector("conversation-list");
  const row = document.getElementById(`conversation-row-${id}`);
  const next = row ? list.beside(row) : list?.followed?.get(id);
  const link = next?.isConnected && next.querySelector(".row-link");
  if (!link) return;
  link.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
  link.click();
});
