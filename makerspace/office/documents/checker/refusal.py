"""The one way a checker says no."""


class Refuse(Exception):
    """A file that is not taken: a code of the API and a Chinese sentence that says what to do."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text
