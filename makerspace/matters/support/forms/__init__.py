"""What these acts are given, on pages and through the API."""
