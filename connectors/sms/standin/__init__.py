"""Twilio's stand-in with a web page that plays the customer's phone, for the tests and the demo. No real SMS is sent."""
