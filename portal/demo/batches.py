"""How a demonstration is stored: whole where nobody waits to write meanwhile, else a part at a time.

A part at a time, it is closed to the public until it is complete. One whose loading was ended stays closed.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.db import transaction

from summit.audit import services as audit
from summit.summits.models import Summit


@contextmanager
def stored() -> Iterator[None]:
    """Store what is made inside in one transaction where there is no summit yet, else by what makes it."""
    if Summit.objects.exists():
        yield
    else:
        with transaction.atomic():
            yield


def complete(summit: Summit, detail: Mapping[str, int]) -> None:
    """Open a summit to the public that is loaded, and record it."""
    with transaction.atomic():
        summit.public = True
        summit.save(update_fields=["public"])
        audit.record(by=audit.SYSTEM, action="demo.load", target=summit, summit=summit, detail=detail)


def is_complete(summit: Summit) -> bool:
    """Return whether a demonstration was loaded to its end."""
    return summit.public
