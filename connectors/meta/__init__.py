"""Meta's Graph API and webhooks: what its three channels share. No connector (there is no connector.py): see README.md."""
