"""The public pages: anyone may open them, none shows a person."""
