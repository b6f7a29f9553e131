"""What goes in and out of the API: one module for each resource. Serializers only; nothing is read or written here."""
