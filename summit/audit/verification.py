"""Verifying the audit's chain: every digest is computed again, from the first entry to the last."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models.functions import Now

from summit.audit import services
from summit.audit.models import AuditChain, AuditEntry

# Entries that are computed at once.
SLICE = 1000
# A sweep chains every few seconds; what is not chained after this was kept from it.
UNCHAINED_FOR = timedelta(minutes=1)

# What can be wrong, in the order in which it is looked for.
DIGEST, PREVIOUS, MISSING, END, NOTED, UNCHAINED = "digest", "previous", "missing", "end", "noted", "unchained"
PROBLEMS = (MISSING, PREVIOUS, DIGEST, NOTED, END, UNCHAINED)


@dataclass(frozen=True)
class Mark:
    """An end of the chain: how many entries, and the digest of the last; printed as "digest:length"."""

    length: int
    head: str

    def __str__(self) -> str:
        return f"{self.head}:{self.length}"

    @classmethod
    def read(cls, text: str) -> Mark:
        """Return the mark that was noted. Raises ValueError."""
        found = re.fullmatch(r"([0-9a-f]{64}):([1-9][0-9]{0,17})", text.strip())
        if found is None:
            raise ValueError(text)
        return cls(int(found[2]), found[1])


@dataclass(frozen=True)
class Broken:
    """The first entry that is not as it was chained: its position, one of PROBLEMS, and where the entry is there its
    key and when it was recorded."""

    position: int
    problem: str
    key: int | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class Reached:
    """How far the chain is whole: the position and the digest there, or what is broken behind it."""

    position: int
    digest: str
    broken: Broken | None = None


def end() -> Mark:
    """Return where the chain ends now."""
    return Mark(*AuditChain.objects.values_list("length", "head").get(pk=1))


def begin(position: int = 1) -> Reached:
    """Return where verifying starts: before the first entry, or before the one at `position`, whose predecessor is
    taken as it is."""
    if position <= 1:
        return Reached(0, "")
    before = AuditEntry.objects.filter(position=position - 1).first()
    if before is None:
        return Reached(position - 2, "", Broken(position - 1, MISSING))
    return Reached(position - 1, before.digest)


def advance(reached: Reached, until: int, noted: Mark | None = None, *, limit: int = SLICE) -> Reached:
    """Verify the next entries, `limit` at most and none behind the position `until`; return how far it is whole.

    `noted` is an end of the chain that was noted elsewhere: the entry there must still have that digest. One query.
    """
    last = min(reached.position + limit, until)
    rows = AuditEntry.objects.filter(position__gt=reached.position, position__lte=last).order_by("position")
    position, digest = reached.position, reached.digest
    for row in rows.iterator(chunk_size=limit):
        if row.position != position + 1:
            break
        problem = _problem(row, digest, noted)
        if problem:
            return Reached(position, digest, Broken(row.position, problem, row.pk, row.at))
        position, digest = row.position, row.digest
    if position < last:
        return Reached(position, digest, Broken(position + 1, MISSING))
    return Reached(position, digest)


def _problem(row: AuditEntry, previous: str, noted: Mark | None) -> str:
    if row.previous != previous:
        return PREVIOUS
    if row.digest != services.digest(row, row.previous):
        return DIGEST
    if noted is not None and row.position == noted.length and row.digest != noted.head:
        return NOTED
    return ""


def finish(reached: Reached, mark: Mark, noted: Mark | None = None) -> Broken | None:
    """Return what is broken at the end: its digest, what was noted behind it, and what was kept from the chain.

    `mark` is the end of the chain as it was read before verifying: what was chained since is not looked at.
    """
    if reached.broken is not None:
        return reached.broken
    if reached.position != mark.length or reached.digest != mark.head:
        return Broken(mark.length, END)
    if noted is not None and noted.length > mark.length:
        return Broken(mark.length + 1, MISSING)
    return beyond(mark) or unchained()


def beyond(mark: Mark) -> Broken | None:
    """Return the first entry that has a position behind the chain's end, which grew no further than `mark`."""
    row = AuditEntry.objects.filter(position__gt=max(mark.length, end().length)).order_by("position").first()
    return Broken(row.position or 0, END, row.pk, row.at) if row else None


def unchained() -> Broken | None:
    """Return the oldest entry that should have been chained and is not."""
    rows = AuditEntry.objects.filter(position__isnull=True, at__lt=Now() - UNCHAINED_FOR)
    row = rows.order_by("pk").first()
    return Broken(0, UNCHAINED, row.pk, row.at) if row else None
