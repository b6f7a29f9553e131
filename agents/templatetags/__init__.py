"""Template tags of the agents' pages."""
