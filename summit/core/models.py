"""Abstract base models: rows with a public id, and counters of changes."""

import secrets
from typing import Any

from django.db import models
from django.db.models import BigIntegerField, OuterRef, Subquery, Sum
from django.db.models.functions import Cast

# Crockford's base 32 in lower case: it has no letters that are mistaken for digits.
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
PUBLIC_ID_LENGTH = 16
_LETTERS = (ALPHABET * 8).encode()


def new_public_id() -> str:
    """Return 16 random characters of base 32 (80 bits), which can't be guessed."""
    # The 256 values of a byte map evenly to the 32 letters.
    return secrets.token_bytes(PUBLIC_ID_LENGTH).translate(_LETTERS).decode()


class PublicModel(models.Model):
    """A model with an opaque id for use outside of the system; the primary key stays inside."""

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id, editable=False)

    class Meta:
        abstract = True


class VersionQuerySet(models.QuerySet[Any]):
    """A queryset for subclasses of `VersionCounter`."""

    def counted(self, summit: str) -> dict[str, Subquery]:
        """Return the annotations `counted_changes` and `counted_removals` as a dict.

        Together they are a summit's stamp. `summit` is the column of the annotated rows with the summit's key.
        """
        counts = self.filter(summit_id=OuterRef(summit)).order_by().values("summit_id")
        return {
            f"counted_{name}": Subquery(counts.annotate(found=Cast(Sum(name), BigIntegerField())).values("found"))
            for name in ("changes", "removals")
        }


class VersionCounter(models.Model):
    """The number of changes and removals in a summit, with one row for each of several concurrent writers.

    Triggers count (`summit.core.change_counters`), so every write is counted, whatever code makes it. Concurrent
    transactions count in different rows, so that no writer waits for another. A summit has as many rows as
    transactions have ever written at the same time. The sum over the rows never falls. The summit itself may have
    been deleted.
    """

    summit_id = models.BigIntegerField()
    writer = models.PositiveIntegerField()
    changes = models.BigIntegerField(default=0)
    removals = models.BigIntegerField(default=0)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.summit_id}: {self.changes}"
