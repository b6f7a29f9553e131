"""The REST API, version 1, below /api/v1/: for programs, with tokens. The rules are those of the pages: access, actions, read models."""
