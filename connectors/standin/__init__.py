"""A provider to stand in for, on loopback: what every connector's stand-in shares. Tests and the demo use it, nothing else does."""
