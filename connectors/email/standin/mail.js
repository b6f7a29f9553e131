// The stand-in's mailbox: asks for this address's mails once a second and sends what is written. No part of the product's pages.

const find = (id) => document.getElementById(id);
const [me, name, to, subject, text, file, list, problem] = ["me", "name", "to", "subject", "text", "file", "letters", "problem"].map(find);

let shown = "";
let answers = null;

async function refresh() {
  const answer = await fetch(`/letters?${new URLSearchParams({ me: me.value })}`);
  const { addresses, letters } = await answer.json();
  if (to.options.length !== addresses.length) {
    to.replaceChildren(...addresses.map((address) => new Option(address)));
  }
  const state = JSON.stringify(letters);
  if (state === shown) return;
  shown = state;
  find("empty").hidden = letters.length > 0;
  list.replaceChildren(...letters.map(row));
  list.scrollTop = list.scrollHeight;
}

function element(tag, className, ...content) {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...content);
  return made;
}

function row(letter) {
  const time = new Date(letter.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const who = letter.mine ? `To ${letter.to}` : letter.from;
  const item = element("li", letter.mine ? "mine" : "");
  item.dataset.uid = letter.uid;
  item.append(
    element("div", "who", element("strong", "", who), element("time", "", time)),
    element("div", "subject", letter.subject || "(no subject)"),
    element("div", "text", letter.text),
  );
  if (letter.files.length) item.append(element("div", "files", `Files: ${letter.files.join(", ")}`));
  if (letter.quoted) {
    item.append(element("details", "", element("summary", "", "Earlier"), element("div", "text", letter.quoted)));
  }
  if (!letter.mine) {
    const button = element("button", "", "Answer");
    button.type = "button";
    button.addEventListener("click", () => answer(letter));
    item.append(button);
  }
  return item;
}

function answer(letter) {
  answers = letter?.uid ?? null;
  find("answered").textContent = letter?.subject ?? "";
  find("answering").hidden = answers === null;
  find("head").hidden = answers !== null;
  text.focus();
}

async function attached() {
  const [chosen] = file.files;
  if (!chosen) return null;
  const bytes = new Uint8Array(await chosen.arrayBuffer());
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return { name: chosen.name, type: chosen.type, base64: btoa(binary) };
}

async function send() {
  const content = { me: me.value, name: name.value, to: to.value, subject: subject.value, text: text.value, answers, file: await attached() };
  const reply = await fetch("/send", { method: "POST", body: JSON.stringify(content) });
  const result = await reply.json();
  problem.textContent = result.problem ?? "";
  problem.hidden = !result.problem;
  if (!result.problem) {
    text.value = subject.value = file.value = "";
    answer(null);
  }
  await refresh();
}

find("form").addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});
find("instead").addEventListener("click", () => answer(null));
for (const field of [me, name]) {
  field.value = localStorage.getItem(field.id) ?? field.value;
  field.addEventListener("change", () => {
    localStorage.setItem(field.id, field.value);
    answer(null);
    refresh();
  });
}

refresh();
setInterval(() => refresh().catch(() => {}), 1000);
