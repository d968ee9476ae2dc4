"""Hands in this room's kinds and acts to casework; loaded once when the application starts."""
