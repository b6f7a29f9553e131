"""What the channels by Twilio share: its SDK over httpx, its signature, forms, errors and a stand-in. No channel of its own."""
