"""A stand-in for Twilio on this machine: the part of its documented API that our channels use, and its signed webhooks."""
