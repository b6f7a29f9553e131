"""The parts of the hook door (connectors/hooks.py): reading, known channels, storing, ringing, counting. Async, no views."""
