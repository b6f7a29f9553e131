// Northwool's own script: a cart, a pretend login, and the five calls a website makes to its chat.

const body = document.body;
const store = (name) => ({
  get: () => JSON.parse(sessionStorage.getItem(`northwool:${name}`) || "null"),
  set: (value) => sessionStorage.setItem(`northwool:${name}`, JSON.stringify(value)),
});
const cart = store("cart");
const user = store("user");

// Calls made before the chat has loaded are kept and carried out then.
const chat = (...call) => (Array.isArray((window.Onethread ||= [])) ? window.Onethread.push(call) : window.Onethread[call[0]](...call.slice(1)));

const sum = (lines) => lines.reduce((all, line) => all + line.price, 0);
const names = (lines) => lines.map((line) => `${line.name}, ${line.size}`);

/** What the visitor does is told to the agents; the pages viewed tell themselves. */
const tell = (kind, lines, more = {}) =>
  chat("track", {
    kind,
    title: names(lines).join(" · "),
    value: sum(lines),
    currency: "GBP",
    data: { items: names(lines).map((name) => ({ name })) },
    ...more,
  });

function showCart() {
  const lines = cart.get() || [];
  document.querySelector("[data-count]").textContent = lines.length;
  document.querySelector("[data-total]").textContent = `£${sum(lines)}`;
  document.querySelector("[data-order]").disabled = !lines.length;
  document.querySelector("[data-lines]").replaceChildren(
    ...lines.map((line) => Object.assign(document.createElement("li"), { textContent: `${line.name}, ${line.size} · £${line.price}` })),
  );
}

document.querySelector("[data-add]")?.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  cart.set([...(cart.get() || []), { name: form.dataset.name, price: Number(form.dataset.price), size: form.elements.size.value }]);
  showCart();
  document.querySelector(".cart").open = true;
  tell("cart", cart.get());
});

document.querySelector("[data-order]").addEventListener("click", () => {
  const reference = String(5000 + (Date.now() % 5000));
  tell("order", cart.get(), { reference });
  cart.set([]);
  showCart();
  document.querySelector("[data-thanks]").textContent = `Thank you! Your pretend order is ${reference}.`;
});

// A logged-in user: the shop's server signs who it is, the page hands the token to the chat on every page.
async function vouch() {
  const answer = await fetch(body.dataset.token, { method: "POST" });
  const { token } = await answer.json();
  await chat("identify", { token });
}

const login = document.querySelector("[data-login]");
const showUser = () => login && (login.textContent = user.get() ? "Ana · Log out" : "Log in as Ana");

login?.addEventListener("click", async () => {
  const leaves = Boolean(user.get());
  user.set(leaves ? null : "ana");
  showUser();
  if (leaves) await chat("logout");
  else await vouch();
});

document.querySelectorAll("[data-help]").forEach((button) => button.addEventListener("click", () => chat("open")));

showCart();
showUser();
if (user.get() && body.dataset.token) vouch();
