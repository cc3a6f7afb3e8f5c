"""Errors that several packages raise."""


class FieldProblem(Exception):
    """A value that was entered can't be accepted. `field` names its field, or is "" if it belongs to none; the text
    says what to do."""

    def __init__(self, field: str, said: str) -> None:
        super().__init__(said)
        self.field = field


class NotNow(ValueError):
    """The action isn't possible in the present state. The text is a sentence that says why and what to do."""
