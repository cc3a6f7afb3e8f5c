"""Opaque ids that come out the same every time."""

import random

from summit.core.models import ALPHABET, PUBLIC_ID_LENGTH


class Ids:
    """Public ids from a seed: whoever loads the same demonstration gets the same addresses.

    Secrets (the nonces of links and subscriptions) never come from here, nor what the domain makes by itself, such as
    the rows of a release.
    """

    def __init__(self, *, slug: str, seed: int = 0) -> None:
        self.random = random.Random(f"{slug}/{seed}")  # noqa: S311 - repeatable on purpose, and no secret

    def __call__(self) -> str:
        """Return the next id."""
        return "".join(self.random.choices(ALPHABET, k=PUBLIC_ID_LENGTH))
