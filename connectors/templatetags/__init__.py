"""What templates may ask of the connectors."""
