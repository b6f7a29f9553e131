"""Live updates of the agents' pages: one hub per process, sockets, an HTTP twin, and who is here. The event log is the truth."""
