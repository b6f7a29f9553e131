"""A stand-in for Twilio on this machine: for the tests, and for the demo, where a web page plays the customer's phone.

It speaks the part of Twilio's documented API that the connector uses, signs its webhooks as Twilio does, and sends no real SMS.
"""
