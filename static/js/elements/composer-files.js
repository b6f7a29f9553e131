// Files of the composer: picked, pasted or dropped; each is uploaded at once with its progress and may be taken away again.

import { reason, say } from "../words.js";

export class ComposerFiles {
  constructor(composer) {
    this.composer = composer;
    this.list = composer.querySelector(".composer-files");
    this.url = composer.dataset.uploadUrl;
    this.running = 0;
    const input = composer.querySelector('input[type="file"]');
    input.addEventListener("change", () => {
      this.add(input.files);
      input.value = "";
    });
    composer.text.addEventListener("paste", (event) => {
      if (!event.clipboardData?.files.length) return;
      event.preventDefault();
      this.add(event.clipboardData.files);
    });
    for (const name of ["dragover", "dragleave", "drop"]) {
      composer.addEventListener(name, (event) => this.drag(event));
    }
    this.list.addEventListener("click", (event) => {
      if (!event.target.closest("[data-remove-file]")) return;
      event.target.closest(".composer-file").remove();
      composer.changed();
      composer.text.focus();
    });
  }

  drag(event) {
    if (![...(event.dataTransfer?.types ?? [])].includes("Files")) return;
    event.preventDefault();
    this.composer.form.classList.toggle("is-dropping", event.type === "dragover");
    if (event.type === "drop") this.add(event.dataTransfer.files);
  }

  add(files) {
    for (const file of files) this.upload(file);
  }

  upload(file) {
    const chip = document.createElement("span");
    chip.className = "composer-file";
    const name = document.createElement("span");
    name.className = "truncate";
    name.textContent = file.name;
    const progress = document.createElement("progress");
    progress.max = 1;
    progress.value = 0;
    progress.setAttribute("aria-label", file.name);
    chip.append(name, progress);
    this.list.append(chip);
    const limit = Number(this.composer.pair?.dataset.fileBytes ?? 0);
    if (this.composer.mode === "reply" && limit && file.size > limit) {
      this.fail(chip, progress, say("too_large"));
      return;
    }
    this.send(file, chip, progress);
  }

  send(file, chip, progress) {
    const request = new XMLHttpRequest();
    const data = new FormData();
    data.append("file", file);
    request.open("POST", this.url);
    request.setRequestHeader("X-CSRFToken", this.composer.token);
    request.setRequestHeader("HX-Request", "true");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) progress.value = event.loaded / event.total;
    });
    const done = (ok) => {
      this.running -= 1;
      if (ok) {
        chip.outerHTML = request.responseText;
        this.composer.changed();
      } else this.fail(chip, progress, reason(request.getResponseHeader("X-Reason") ?? "") || say("not_uploaded"));
      this.composer.refresh();
    };
    request.addEventListener("load", () => done(request.status === 200));
    request.addEventListener("error", () => done(false));
    this.running += 1;
    this.composer.refresh();
    request.send(data);
  }

  fail(chip, progress, reason) {
    chip.classList.add("is-failed");
    chip.title = reason;
    progress.replaceWith(reason);
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "icon-button is-small";
    remove.dataset.removeFile = "";
    remove.setAttribute("aria-label", say("remove"));
    remove.textContent = "×";
    chip.append(remove);
  }

  clear() {
    this.list.replaceChildren();
  }
}
