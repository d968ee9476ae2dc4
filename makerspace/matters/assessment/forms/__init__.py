"""What the acts of this room are given, on the page and through the API."""
