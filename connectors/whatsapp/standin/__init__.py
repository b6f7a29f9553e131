"""A stand-in for WhatsApp's Cloud API on this machine, for the tests and the demo. It sends no real message."""
