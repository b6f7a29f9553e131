// The line to the server: a websocket, or short calls and a long poll where websockets are blocked. Both carry the same frames.
//
// Every connection starts with "since": the last event this browser has seen, so that nothing is missed and nothing is asked twice.
// Events: "frame" (detail: the frame), "state" (detail: "connecting" | "online" | "offline").

const PING = 25_000;
const SILENCE = 40_000;
const OPENING = 8_000;
const POLLING = 5 * 60_000;
const TOGETHER = 10;

export class Link extends EventTarget {
  #socket = null;
  #timers = new Set();
  #tries = 0;
  #blocked = 0; // sockets in a row that never became ready
  #heard = 0;
  #abort = null;
  #outgoing = [];
  #running = false;
  state = "connecting";

  constructor({ session, hello }) {
    super();
    this.session = session;
    this.hello = hello;
    addEventListener("online", () => this.#soon());
    document.addEventListener("visibilitychange", () => document.hidden || this.#soon());
  }

  start() {
    if (this.#running) return;
    this.#running = true;
    this.#tries = 0;
    this.#connect();
  }

  stop() {
    this.#running = false;
    this.#drop();
    this.#set("connecting");
  }

  /** Sends a frame if the line is up; what must not be lost is kept by the caller until it is acknowledged. */
  send(frame) {
    if (this.state !== "online") return;
    if (this.#socket) this.#socket.send(JSON.stringify(frame));
    else if (this.#outgoing.push(frame) === 1) this.#post();
  }

  #set(state) {
    if (this.state === state) return;
    this.state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: state }));
  }

  #receive(frame) {
    this.#heard = Date.now();
    if (frame.t === "ready") {
      this.#tries = this.#blocked = 0;
      this.session.keep(frame);
      this.#set("online");
    }
    if (frame.t === "bye") this.#running = frame.again === true;
    this.dispatchEvent(new CustomEvent("frame", { detail: frame }));
  }

  #connect() {
    this.#drop();
    if (!this.#running) return;
    if (this.#blocked >= 2 || !("WebSocket" in window)) this.#poll();
    else this.#open();
  }

  #open() {
    const url = new URL(`../socket/${this.session.url.split("/").at(-2)}`, this.session.url);
    url.protocol = url.protocol.replace("http", "ws");
    let ready = false;
    let socket;
    try {
      socket = new WebSocket(url);
    } catch {
      // The host page's own policy forbids it (connect-src): ask by HTTP instead.
      this.#blocked = 2;
      this.#retry();
      return;
    }
    this.#socket = socket;
    this.#after(OPENING, () => ready || socket.close());
    socket.onopen = () => socket.send(JSON.stringify(this.hello()));
    socket.onmessage = ({ data }) => {
      const frame = JSON.parse(data);
      ready ||= frame.t === "ready";
      this.#receive(frame);
    };
    socket.onclose = () => {
      if (this.#socket !== socket) return;
      if (!ready && navigator.onLine) this.#blocked += 1;
      this.#retry();
    };
    this.#every(PING, () => {
      if (Date.now() - this.#heard > SILENCE + PING) socket.close();
      else if (ready) socket.send(JSON.stringify({ t: "ping", visible: !document.hidden }));
    });
    this.#heard = Date.now();
  }

  async #poll() {
    const abort = (this.#abort = new AbortController());
    const until = Date.now() + POLLING;
    let first = true;
    while (this.#running && this.#abort === abort) {
      try {
        const { since, visible } = this.hello();
        const query = new URLSearchParams({ since: since ?? "", wait: first ? 0 : 20, visible: visible ? 1 : 0 });
        const { frames } = await this.session.call(`events?${query}`, { signal: abort.signal });
        frames.forEach((frame) => this.#receive(frame));
        first = false;
      } catch (error) {
        if (abort.signal.aborted) return;
        // Plain calls fail as well: it was not the socket that is blocked.
        if (first) this.#blocked = 0;
        if (error.status === 401) this.#receive({ t: "bye", reason: "session" });
        else this.#retry(error.wait);
        return;
      }
      if (Date.now() > until) {
        this.#blocked = 1;
        this.#connect();
        return;
      }
    }
  }

  // One call at a time, so that what was written first arrives first.
  async #post() {
    while (this.#outgoing.length) {
      const frames = this.#outgoing.slice(0, TOGETHER);
      try {
        const answer = await this.session.post("frames", { frames });
        answer.frames.forEach((frame) => this.#receive(frame));
        this.#outgoing.splice(0, frames.length);
      } catch (error) {
        if (error.status === 401) this.#receive({ t: "bye", reason: "session" });
        else this.#retry(error.wait);
        return;
      }
    }
  }

  #retry(seconds = 0) {
    this.#drop();
    if (!this.#running) return;
    this.#set("offline");
    const wait = Math.max(seconds * 1000, Math.min(30_000, 1000 * 2 ** this.#tries) * (0.6 + 0.4 * Math.random()));
    this.#tries += 1;
    this.#after(wait, () => this.#connect());
  }

  #soon() {
    if (this.#running && this.state === "offline") {
      this.#tries = 0;
      this.#connect();
    }
  }

  #after(wait, run) {
    this.#timers.add(setTimeout(run, wait));
  }

  #every(wait, run) {
    this.#timers.add(setInterval(run, wait));
  }

  #drop() {
    this.#timers.forEach((timer) => clearTimeout(timer));
    this.#timers.clear();
    this.#abort?.abort();
    this.#abort = null;
    this.#outgoing = [];
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }
}
