"""The composition root: settings, addresses, processes. May import everything; nothing imports it."""
