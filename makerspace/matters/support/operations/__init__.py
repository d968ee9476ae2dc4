"""The acts of those who give help and of those who ask for it."""
