// The line to the server: a websocket that comes back by itself, or plain requests where websockets are blocked. Knows when
// everything was last known (`age`), so that the server can tell what was missed.

const PING = 20_000;
const PATIENCE = 8_000;
const SHORT_PATIENCE = 3_000;
const POLL = 4_000;
const STEPS = [300, 1_000, 2_000, 4_000, 8_000, 15_000];
const TRIES_BEFORE_POLLING = 3;
const RETRY_WHILE_POLLING = 60_000;
const LOG_IN_AGAIN = 4401;

export class Connection {
  constructor({ about, take, state, loggedOut }) {
    Object.assign(this, { about, take, onState: state, loggedOut });
    this.tries = 0;
    this.everOpen = false;
    this.knownAt = performance.timeOrigin;
  }

  start() {
    this.connect();
    document.addEventListener("visibilitychange", () => !document.hidden && this.probe());
    window.addEventListener("online", () => this.probe());
    window.addEventListener("offline", () => this.lost());
    window.addEventListener("pagehide", () => (this.leaving = true));
    // A timer that comes much too late has slept with the machine.
    let last = Date.now();
    setInterval(() => {
      if (Date.now() - last > 15_000) this.probe();
      last = Date.now();
    }, 5_000);
  }

  get age() {
    return Math.max(0, (Date.now() - this.knownAt) / 1000);
  }

  get isOpen() {
    return this.socket?.readyState === WebSocket.OPEN && this.ready;
  }

  set(state) {
    if (state !== this.state) this.onState((this.state = state));
  }

  // ------------------------------------------------------------ the socket

  connect() {
    clearTimeout(this.retry);
    if (this.leaving) return;
    this.ready = false;
    const address = new URL("/live/socket/", window.location.href);
    address.protocol = address.protocol.replace("http", "ws");
    const socket = new WebSocket(address);
    this.socket = socket;
    this.expect(PATIENCE);
    socket.addEventListener("open", () => {
      const language = document.documentElement.lang;
      socket.send(JSON.stringify({ t: "hello", language, age: this.age, ...this.about() }));
    });
    socket.addEventListener("message", (event) => this.socket === socket && this.heard(JSON.parse(event.data)));
    socket.addEventListener("close", (event) => this.socket === socket && this.closed(event.code));
  }

  heard(frame) {
    this.knownAt = Date.now();
    clearTimeout(this.deadline);
    if (frame.t === "ready") {
      this.ready = this.everOpen = true;
      this.tries = 0;
      this.stopPolling();
      this.set("open");
    } else if (frame.t !== "pong") {
      this.take(frame);
    }
    clearTimeout(this.pinging);
    this.pinging = setTimeout(() => this.ping(), PING);
  }

  ping(patience = PATIENCE) {
    if (this.say({ t: "ping" })) this.expect(patience);
  }

  /** If nothing is heard within this time, the line is dead, whatever the browser believes. */
  expect(patience) {
    clearTimeout(this.deadline);
    const { socket } = this;
    this.deadline = setTimeout(() => {
      if (this.socket !== socket) return;
      socket.close();
      this.closed(0);
    }, patience);
  }

  closed(code) {
    clearTimeout(this.deadline);
    clearTimeout(this.pinging);
    this.socket = null;
    this.ready = false;
    if (this.leaving) return;
    if (code === LOG_IN_AGAIN) {
      this.loggedOut();
      return;
    }
    this.tries += 1;
    if (this.state !== "polling") this.set("lost");
    const step = STEPS[Math.min(this.tries, STEPS.length) - 1];
    const wait = this.polling ? RETRY_WHILE_POLLING : step * (0.75 + Math.random() / 2);
    this.retry = setTimeout(() => this.connect(), wait);
    if (this.tries >= TRIES_BEFORE_POLLING) this.poll();
  }

  lost() {
    const { socket } = this;
    this.socket = null;
    socket?.close();
    this.closed(0);
  }

  /** Is anybody there? Asked when the page is looked at again, the machine wakes up, the network is back. */
  probe() {
    if (this.isOpen) this.ping(SHORT_PATIENCE);
    else if (!this.socket) this.connect();
  }

  say(frame) {
    if (!this.isOpen) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  /** The page shows another thread. */
  look() {
    if (!this.say({ t: "look", ...this.about() }) && this.polling) this.pollNow();
  }

  // ------------------------------------------------------------ plain requests

  poll() {
    if (this.polling) return;
    this.polling = setInterval(() => this.pollNow(), POLL);
    this.pollNow();
  }

  stopPolling() {
    clearInterval(this.polling);
    this.polling = null;
  }

  async pollNow() {
    if (document.hidden) return;
    const address = new URL("/live/since/", window.location.href);
    const asked = { ...this.about(), age: Math.ceil(this.age) };
    for (const [name, value] of Object.entries(asked)) address.searchParams.set(name, value);
    const started = Date.now();
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" }, redirect: "manual" });
      if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) {
        this.loggedOut();
        return;
      }
      if (!answer.ok) throw new Error(answer.status);
      const { frames } = await answer.json();
      if (!this.polling) return;
      this.knownAt = started;
      frames.forEach((frame) => this.take(frame));
      const back = this.state === "lost";
      this.set("polling");
      // The server answers again: perhaps it takes sockets again, too.
      if (back && !this.socket) this.connect();
    } catch {
      if (this.polling) this.set("lost");
    }
  }
}
