"""Verify the audit's chain: compute every digest again, from the first entry to the last."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models.functions import Now

from summit.audit import services
from summit.audit.models import AuditChain, AuditEntry

# The number of entries that are verified at once.
SLICE = 1000
# A sweep chains entries every few seconds. If one isn't chained after this time, something has prevented it.
UNCHAINED_FOR = timedelta(minutes=1)

# The possible problems; PROBLEMS has them in the order in which they are checked.
DIGEST, PREVIOUS, MISSING, END, NOTED, UNCHAINED = "digest", "previous", "missing", "end", "noted", "unchained"
PROBLEMS = (MISSING, PREVIOUS, DIGEST, NOTED, END, UNCHAINED)


@dataclass(frozen=True)
class Mark:
    """An end of the chain: the number of entries and the digest of the last one. As text it is "digest:length"."""

    length: int
    head: str

    def __str__(self) -> str:
        return f"{self.head}:{self.length}"

    @classmethod
    def read(cls, text: str) -> Mark:
        """Return the mark for a text "digest:length". Raises ValueError for any other text."""
        match = re.fullmatch(r"([0-9a-f]{64}):([1-9][0-9]{0,17})", text.strip())
        if match is None:
            raise ValueError(text)
        return cls(int(match[2]), match[1])


@dataclass(frozen=True)
class Broken:
    """The first entry with a problem: its position, and the problem, one of PROBLEMS.

    If the entry exists, `key` is its primary key and `at` the time when it was recorded.
    """

    position: int
    problem: str
    key: int | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class VerificationProgress:
    """The progress of a verification: the last valid position and its digest, and the first problem after it."""

    position: int
    digest: str
    broken: Broken | None = None


def end() -> Mark:
    """Return the current end of the chain. Makes one query."""
    return Mark(*AuditChain.objects.values_list("length", "head").get(pk=1))


def begin(position: int = 1) -> VerificationProgress:
    """Return the progress from which to verify the chain: before the entry at `position`, by default the first.

    The entry before `position` isn't verified itself. If it is missing, the result reports it as broken.
    """
    if position <= 1:
        return VerificationProgress(0, "")
    before = AuditEntry.objects.filter(position=position - 1).first()
    if before is None:
        return VerificationProgress(position - 2, "", Broken(position - 1, MISSING))
    return VerificationProgress(position - 1, before.digest)


def advance(
    reached: VerificationProgress, until: int, noted: Mark | None = None, *, limit: int = SLICE
) -> VerificationProgress:
    """Verify the next entries, at most `limit` and up to the position `until`. Return the new progress.

    `noted` is an earlier end of the chain that somebody has written down elsewhere. Its entry must still have the
    same digest. Makes one query.
    """
    last = min(reached.position + limit, until)
    rows = AuditEntry.objects.filter(position__gt=reached.position, position__lte=last).order_by("position")
    position, digest = reached.position, reached.digest
    for row in rows.iterator(chunk_size=limit):
        if row.position != position + 1:
            break
        problem = _problem(row, digest, noted)
        if problem:
            return VerificationProgress(position, digest, Broken(row.position, problem, row.pk, row.at))
        position, digest = row.position, row.digest
    if position < last:
        return VerificationProgress(position, digest, Broken(position + 1, MISSING))
    return VerificationProgress(position, digest)


def _problem(row: AuditEntry, previous: str, noted: Mark | None) -> str:
    if row.previous != previous:
        return PREVIOUS
    if row.digest != services.digest(row, row.previous):
        return DIGEST
    if noted is not None and row.position == noted.length and row.digest != noted.head:
        return NOTED
    return ""


def finish(reached: VerificationProgress, mark: Mark, noted: Mark | None = None) -> Broken | None:
    """Check the end of the chain after its last entry is verified. Return the first problem, or None.

    The last verified entry must be the end `mark`. The end `noted` must not be after it. No entry may be after the
    end, and none may be unchained. `mark` was read before verifying: entries that were chained since aren't verified.
    """
    if reached.broken is not None:
        return reached.broken
    if reached.position != mark.length or reached.digest != mark.head:
        return Broken(mark.length, END)
    if noted is not None and noted.length > mark.length:
        return Broken(mark.length + 1, MISSING)
    return beyond(mark) or unchained()


def beyond(mark: Mark) -> Broken | None:
    """Return the first entry with a position after the chain's end as broken, or None.

    The end is `mark`, or the current end if the chain has grown since.
    """
    row = AuditEntry.objects.filter(position__gt=max(mark.length, end().length)).order_by("position").first()
    return Broken(row.position or 0, END, row.pk, row.at) if row else None


def unchained() -> Broken | None:
    """Return the oldest entry that should be chained by now but isn't as broken, or None."""
    rows = AuditEntry.objects.filter(position__isnull=True, at__lt=Now() - UNCHAINED_FOR)
    row = rows.order_by("pk").first()
    return Broken(0, UNCHAINED, row.pk, row.at) if row else None
