"""What `manage.py doctor` and /metrics tell of an installation or a summit that sends nothing."""

from collections.abc import Iterable

from django.db.models.functions import Now, TruncDate

from summit.core.metrics import Gauge, source
from summit.maintenance.doctor.findings import Check, Finding, further, ok, warn
from summit.summits import installation
from summit.summits.models import Installation, Summit, SummitQuerySet


def _paused() -> SummitQuerySet:
    """Return the paused summits that aren't over: one that came from an archive to be read may stay paused."""
    return Summit.objects.paused().filter(ends_on__gte=TruncDate(Now())).order_by("slug")


def sends() -> list[Finding]:
    """The installation and its summits send mail, webhooks and announcements."""
    if installation.find_silent() is not None:
        todo = "Run manage.py resume_summit --all --look, then without --look."
        if Installation.objects.elsewhere().exists():
            text = "this is a copy of another installation: nothing is sent"
            return [warn(text, f"Make sure that the other one is off. {todo}")]
        return [warn("this installation is paused: nothing is sent", todo)]
    slugs = list(_paused().values_list("slug", flat=True))
    if slugs:
        todo = "Run manage.py resume_summit SUMMIT --look, then without --look."
        return [warn(f"{', '.join(slugs)}: paused, nothing is sent", todo)]
    return [ok("nothing is paused")]


further.register(10)(Check("sending", sends))


@source
def paused() -> Iterable[Gauge]:
    """Yield whether the whole installation sends nothing, and how many of its summits don't."""
    silent = installation.find_silent() is not None
    rows = [({"of": "installation"}, float(silent)), ({"of": "summits"}, float(_paused().count()))]
    yield "summit_sending_paused", "What sends nothing until it is resumed: the installation, and summits.", rows
