"""A stand-in for Telegram on this machine: for the tests, and for the demo, where a web page plays the customer's app.

It speaks the part of the Bot API that the connector uses, sends updates with the secret as Telegram does, and reaches nobody.
"""
