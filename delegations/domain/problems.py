"""What was entered and can't be taken."""


class FieldProblem(Exception):
    """What was entered can't be taken: `field` names it, "" where it is no field's, and the text says what to do."""

    def __init__(self, field: str, said: str) -> None:
        super().__init__(said)
        self.field = field
