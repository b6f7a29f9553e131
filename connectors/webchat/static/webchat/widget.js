// The loader: the only thing a host page runs. It offers window.Onethread at once, remembers what is asked of it and
// fetches the rest when the page is idle. Nothing is stored in the browser before the visitor writes.
(() => {
  const tag = document.currentScript;
  const channel = tag && tag.dataset.channel;
  const early = Array.isArray(window.Onethread) ? window.Onethread : [];
  if (!channel || (window.Onethread && window.Onethread.channel)) return;

  // A link of ours carries a secret behind "#". It is taken out of the address at once, before the page or its history can keep it.
  const [, link] = /^#onethread=([\w-]+)$/.exec(location.hash) || [];
  if (link) history.replaceState(history.state, "", location.pathname + location.search);

  const base = new URL(".", tag.src).href;
  const version = "VERSION";
  let widget = null;
  const waiting = [];
  const ask = (name, args) =>
    widget
      ? Promise.resolve(widget[name](...args))
      : new Promise((resolve, reject) => waiting.push({ name, args, resolve, reject }));

  const api = { channel };
  for (const name of ["open", "close", "toggle", "identify", "logout", "page", "track", "on"]) {
    api[name] = (...args) => ask(name, args);
  }
  window.Onethread = api;
  early.forEach(([name, ...args]) => api[name] && api[name](...args));

  const load = async () => {
    const { start } = await import(`${base}widget/${version}/main.js`);
    widget = await start({ base, channel, version, options: { ...tag.dataset, link } });
    waiting.splice(0).forEach(({ name, args, resolve, reject }) =>
      Promise.resolve()
        .then(() => widget[name](...args))
        .then(resolve, reject),
    );
  };
  const failed = (error) => console.warn("Onethread: the chat could not be loaded.", error);
  const idle = window.requestIdleCallback || ((run) => setTimeout(run, 200));
  idle(() => load().catch(failed), { timeout: 2000 });
})();
