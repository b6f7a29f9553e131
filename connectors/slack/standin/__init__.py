"""A stand-in for Slack on this machine: for the tests, and for the demo, where a web page plays the customer's Slack.

It speaks the part of Slack's documented API that the connector uses, refuses what Slack refuses, signs its events, and speaks Socket Mode.
"""
