// Who the visitor is towards the server: the token, how it is got, and the calls that carry it. No cookies anywhere.

/** The server said no. `code` is its short word for why ("session", "slow", "identity"…); `wait` in seconds if it said when to return. */
export class Refused extends Error {
  constructor(status, code, wait) {
    super(code);
    this.status = status;
    this.code = code;
    this.wait = wait;
  }
}

export class Session {
  #beginning = null;

  constructor({ base, channel, store }) {
    this.url = `${base}${channel}/`;
    this.store = store;
  }

  /** Always from the store: another tab may have renewed it. */
  get token() {
    return this.store.get("token");
  }

  get visitor() {
    return this.store.get("visitor");
  }

  /** Keeps a token the server issued. True if it names another visitor than before. */
  keep({ token, visitor, identified }) {
    const other = this.visitor !== visitor;
    this.store.set({ token, visitor, identified, ...(other ? { since: undefined } : {}) });
    return other;
  }

  drop() {
    this.store.set({ token: undefined, visitor: undefined, identified: undefined });
  }

  /** Gets a token, or gives the present one a name: `{ jwt }` from the host page, `{ name, email }` typed by the visitor. */
  async begin(fields = {}) {
    if (this.#beginning && !Object.keys(fields).length) return this.#beginning;
    this.#beginning = this.post("session", { ...fields, token: this.token }).then((answer) => this.keep(answer));
    try {
      return await this.#beginning;
    } finally {
      this.#beginning = null;
    }
  }

  /** Goes on as whom a link was sent to; nothing of whoever was here before stays. False if the link is over: nothing changes. */
  async follow(link) {
    const answer = await this.post("session", { link, token: this.token }).catch(() => ({}));
    if (!answer.followed) return false;
    if (answer.visitor !== this.visitor) this.store.clear();
    this.keep(answer);
    this.store.set({ introduced: true });
    return true;
  }

  /** Cuts the session on the server as well, so that a copy of the token is worth nothing. */
  async end() {
    const token = this.token;
    this.store.clear();
    if (token) await this.post("logout", { token });
  }

  post(path, body) {
    return this.call(path, { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });
  }

  async call(path, { headers = {}, ...options } = {}) {
    const authorization = this.token ? { Authorization: `Bearer ${this.token}` } : {};
    const answer = await fetch(this.url + path, {
      credentials: "omit",
      cache: "no-store",
      ...options,
      headers: { ...headers, ...authorization },
    });
    const body = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Refused(answer.status, body.error || "", Number(answer.headers.get("Retry-After")) || 0);
    return body;
  }

  /** Uploads one file, telling how far it is (0 to 1). Resolves to the server's reference for it. */
  upload(file, progress) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      const form = new FormData();
      form.append("file", file, file.name);
      request.open("POST", `${this.url}files`);
      request.setRequestHeader("Authorization", `Bearer ${this.token}`);
      request.responseType = "json";
      request.upload.onprogress = (event) => progress(event.loaded / (event.total || 1));
      request.onload = () =>
        request.status === 200
          ? resolve(request.response)
          : reject(new Refused(request.status, request.response?.error || "", 0));
      request.onerror = () => reject(new Refused(0, "offline", 0));
      request.send(form);
    });
  }
}
