"""Base classes of tables: rows known by a public id, and counters of changes."""

import secrets
from typing import Any

from django.db import models
from django.db.models import BigIntegerField, OuterRef, Subquery, Sum
from django.db.models.functions import Cast

# Crockford's base 32 in lower case: no letter that is taken for a digit when it is read out over the telephone.
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
PUBLIC_ID_LENGTH = 16
_LETTERS = (ALPHABET * 8).encode()


def new_public_id() -> str:
    """Return 16 random characters of base 32, 80 bits: nobody guesses one from another."""
    # 32 letters, of which each of the 256 bytes stands for one as often as for any other.
    return secrets.token_bytes(PUBLIC_ID_LENGTH).translate(_LETTERS).decode()


class PublicModel(models.Model):
    """A row that is known outside by an opaque id; the primary key never leaves the system."""

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id, editable=False)

    class Meta:
        abstract = True


class VersionQuerySet(models.QuerySet[Any]):
    """Counters of changes."""

    def counted(self, summit: str) -> dict[str, Subquery]:
        """Return the annotations that make a stamp (`counted_changes`, `counted_removals`), for rows whose column
        `summit` is a summit's key."""
        of = self.filter(summit_id=OuterRef(summit)).order_by().values("summit_id")
        return {
            f"counted_{name}": Subquery(of.annotate(found=Cast(Sum(name), BigIntegerField())).values("found"))
            for name in ("changes", "removals")
        }


class VersionCounter(models.Model):
    """How many changes of what is counted were made by one of those who wrote at the same time.

    Triggers count (`summit.core.change_counters`), so that no way of writing passes them by. A summit has as many
    rows as transactions ever wrote at once, each of which counted in a row of its own: no writer waits for another,
    and what all of them counted only rises. The summit may be gone.
    """

    summit_id = models.BigIntegerField()
    writer = models.PositiveIntegerField()
    changes = models.BigIntegerField(default=0)
    removals = models.BigIntegerField(default=0)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.summit_id}: {self.changes}"
