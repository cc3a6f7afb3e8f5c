"""Reproducible public ids for demonstrations."""

import random

from summit.core.models import ALPHABET, PUBLIC_ID_LENGTH


class Ids:
    """A generator of public ids from a seed, so that the same demonstration always has the same URLs.

    Secrets (the nonces of links and subscriptions) never come from it. The ids of rows that services create, such as
    the rows of a release, don't come from it either.
    """

    def __init__(self, *, slug: str, seed: int = 0) -> None:
        self.random = random.Random(f"{slug}/{seed}")  # noqa: S311 - repeatable on purpose, and no secret

    def __call__(self) -> str:
        """Return the next public id of the sequence."""
        return "".join(self.random.choices(ALPHABET, k=PUBLIC_ID_LENGTH))
