"""Errors that several packages raise."""


class FieldProblem(Exception):
    """Raised if an entered value can't be accepted. The message says what to do.

    `field` is the name of the value's field, or "" if the error belongs to no field.
    """

    def __init__(self, field: str, said: str) -> None:
        super().__init__(said)
        self.field = field


class NotNow(ValueError):
    """Raised if the action isn't possible in the present state. The message is a sentence that says why and what to
    do."""
