"""PostgreSQL and Valkey out of Python packages, and one supervisor for the whole product.

Start it with `python -m config.embedded`; nothing here is used when real servers are given.
"""
