"""A stand-in for WhatsApp at Twilio: senders, the 24 hours, approved content and typing, over connectors/twilio/standin/."""
