"""Northwool, the made-up shop of the demo: its staff (cast.py), what its customers wrote (story.py), and how both get in (telling.py)."""
