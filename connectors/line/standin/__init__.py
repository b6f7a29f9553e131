"""A stand-in for LINE on this machine: for the tests, and for the demo, where a web page plays the customer's app.

It speaks the part of the Messaging API that the connector uses, signs its webhooks as LINE does, and reaches nobody.
"""
