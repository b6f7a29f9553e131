"""The only code that writes inbox models: one function per thing an agent or a customer does.

Each is keyword-only and typed, locks the customer's row, checks, saves and records events in one transaction.
No network, template or request inside. A refused action raises Refused with a sentence for the person.
"""
