"""Store a demonstration: in one transaction if the database has no summit yet, otherwise part by part.

A summit that is stored part by part isn't public until it is complete. If loading is interrupted, it stays so.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.db import transaction

from portal.audit_messages import LOAD
from summit.audit import services as audit
from summit.summits.models import Summit


@contextmanager
def stored() -> Iterator[None]:
    """Run the block in one transaction if there is no summit yet, otherwise without one."""
    if Summit.objects.exists():
        yield
    else:
        with transaction.atomic():
            yield


def complete(summit: Summit, detail: Mapping[str, int]) -> None:
    """Make a loaded summit public, and record an audit entry."""
    with transaction.atomic():
        summit.public = True
        summit.save(update_fields=["public"])
        audit.record(by=audit.SYSTEM, action=LOAD, target=summit, summit=summit, detail=detail)


def is_complete(summit: Summit) -> bool:
    """Return whether a demonstration was loaded completely: only then is it public."""
    return summit.public
