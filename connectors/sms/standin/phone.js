// The stand-in's phone: asks for this number's messages once a second and sends what is typed. No part of the product's pages.

const find = (id) => document.getElementById(id);
const [me, to, list, body, picture, problem, chosen] = ["me", "to", "messages", "body", "picture", "problem", "chosen"].map(find);
const STATES = { queued: "on its way", accepted: "on its way", sending: "on its way", sent: "sent", delivered: "", received: "" };

let shown = "";

async function refresh() {
  const answer = await fetch(`/phone/messages?${new URLSearchParams({ me: me.value })}`);
  const { numbers, messages } = await answer.json();
  if (to.options.length !== numbers.length) {
    to.replaceChildren(...numbers.map(({ number, written }) => new Option(written, number)));
  }
  const text = JSON.stringify(messages);
  if (text === shown) return;
  shown = text;
  list.replaceChildren(...messages.map(bubble));
  list.scrollTop = list.scrollHeight;
}

function bubble(message) {
  const item = document.createElement("li");
  item.classList.toggle("mine", message.mine);
  item.dataset.sid = message.sid;
  for (const address of message.media) {
    const image = document.createElement("img");
    image.src = address;
    image.alt = "Picture";
    item.append(image);
  }
  item.append(message.body);
  const note = document.createElement("small");
  const state = message.status in STATES ? STATES[message.status] : message.status;
  const time = new Date(message.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  note.textContent = [time, state, message.error && `error ${message.error}`].filter(Boolean).join(" · ");
  item.append(note);
  return item;
}

async function attached() {
  const [file] = picture.files;
  if (!file) return null;
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return { type: file.type, base64: btoa(binary) };
}

async function send() {
  const content = { me: me.value, to: to.value, body: body.value, picture: await attached() };
  const answer = await fetch("/phone/send", { method: "POST", body: JSON.stringify(content) });
  const result = await answer.json();
  problem.textContent = result.problem ?? "";
  problem.hidden = !result.problem;
  if (!result.problem) {
    body.value = picture.value = chosen.textContent = "";
  }
  await refresh();
}

find("form").addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});
body.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    find("form").requestSubmit();
  }
});
picture.addEventListener("change", () => {
  chosen.textContent = picture.files[0]?.name ?? "";
});
me.addEventListener("change", () => {
  localStorage.setItem("me", me.value);
  refresh();
});

me.value = localStorage.getItem("me") ?? me.value;
refresh();
setInterval(() => refresh().catch(() => {}), 1000);
