// Small things of the settings pages; all of them work without.

// A plain form with data-confirm asks before it is sent. Forms that htmx sends ask in app.js.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.confirm || form.hasAttribute("hx-post")) return;
  if (!window.confirm(form.dataset.confirm)) event.preventDefault();
});

// On a phone the sections are one line that scrolls: show where one is.
const here = document.querySelector('.page-nav [aria-current="page"]');
if (here) here.parentElement.scrollLeft = here.offsetLeft - (here.parentElement.clientWidth - here.offsetWidth) / 2;
