"""The door for people who chat: sessions, tokens, the socket and its HTTP twin, for every connector whose capabilities are live.

A connector brings its settings (settings.py) and its looks; nothing in here knows one kind from another.
"""
