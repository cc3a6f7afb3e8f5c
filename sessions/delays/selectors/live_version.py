"""A version of the agenda, which open pages ask for to notice releases, delays, starts and ends within seconds.

It is the same for all delegations, so that a proxy answers for hundreds of pages. It reveals that something was
released, which may be nothing that the reader sees. Therefore its address has a key that only the portal's pages
know, and the public pages compare themselves instead.
"""

import hashlib

from django.db.models import Count, Max, Q
from django.utils.crypto import salted_hmac

from sessions.agenda.models.releases import Release
from sessions.delays.models import DelayNotice, SessionRun
from summit.summits.models import Summit


def live_key(summit: Summit) -> str:
    """Return the key in the address of a summit's version."""
    return salted_hmac("sessions.delays.live", summit.public_id, algorithm="sha256").hexdigest()[:24]


def live_version(summit: Summit) -> str:
    """Return the version: a hash without a meaning. Makes three queries."""
    number = Release.objects.filter(summit=summit).aggregate(number=Max("number"))["number"]
    notices = DelayNotice.objects.filter(session__summit=summit).aggregate(last=Max("pk"), ended=Max("ended_at"))
    # A start that is undone leaves no row.
    runs = SessionRun.objects.filter(session__summit=summit).aggregate(
        number=Count("pk"), last=Max("pk"), ended=Max("ended_at"), open=Count("pk", filter=Q(ended_at=None))
    )
    content = f"{number} {sorted(notices.items())} {sorted(runs.items())}"
    return hashlib.sha256(content.encode()).hexdigest()[:16]
