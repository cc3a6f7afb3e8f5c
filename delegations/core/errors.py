"""Errors that several packages raise."""


class FieldProblem(Exception):
    """What was entered can't be taken: `field` names it, "" where it is no field's, and the text says what to do."""

    def __init__(self, field: str, said: str) -> None:
        super().__init__(said)
        self.field = field


class NotNow(ValueError):
    """It can't be done as things are; the text is a sentence that says why and what to do."""
