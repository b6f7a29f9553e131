"""The endpoints: one module for each resource. Each finds what the reader may see, checks what was sent, and does one action."""
