// A plain form with data-confirm asks before it is sent. Forms that htmx sends ask in app.js.

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.confirm || form.hasAttribute("hx-post")) return;
  if (!window.confirm(form.dataset.confirm)) event.preventDefault();
});
