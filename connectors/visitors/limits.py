"""How much one visitor, one address and one channel may ask of us. How it is counted is inbox/limits.py."""

from inbox.limits import Limit, network, spend

__all__ = ["Limit", "network", "spend"]

SESSIONS_OF_IP = Limit("session-ip", 30, 60)
SESSIONS_OF_CHANNEL = Limit("session-channel", 600, 60)
VOUCHING_OF_IP = Limit("vouch-ip", 60, 60)
INTRODUCTIONS = Limit("intro", 5, 3600)
INTRODUCTIONS_OF_IP = Limit("intro-ip", 20, 3600)
MESSAGES = Limit("message", 30, 60)
MESSAGES_OF_IP = Limit("message-ip", 120, 60)
SEEN = Limit("seen", 60, 60)
"""What a browser has got or shown: each is stored."""
TOUCHES = Limit("touch", 60, 60)
TOUCHES_OF_IP = Limit("touch-ip", 240, 60)
CALLS_OF_IP = Limit("call-ip", 600, 60)
SOCKETS_OF_IP = Limit("socket-ip", 120, 60)
UPLOADS = Limit("upload", 40, 24 * 3600)
UPLOADS_OF_IP = Limit("upload-ip", 200, 24 * 3600)
UPLOADED_BYTES = Limit("upload-bytes", 60_000_000, 24 * 3600)
PROOFS = Limit("proof", 5, 3600)
PROOFS_OF_IP = Limit("proof-ip", 10, 3600)
PROOFS_OF_CHANNEL = Limit("proof-channel", 120, 3600)
PROOFS_TO = (Limit("proof-to-hour", 3, 3600), Limit("proof-to-day", 10, 24 * 3600))
"""Codes to one address, whoever asks: nobody's phone is bombed, and nobody gets enough tries by asking again."""
TRIES = Limit("proof-try", 25, 3600)
TRIES_OF_IP = Limit("proof-try-ip", 50, 3600)
CARRIES = Limit("carry", 10, 3600)
CARRIES_OF_IP = Limit("carry-ip", 30, 3600)
