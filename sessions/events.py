"""What other systems are told of the agenda."""

from django.utils.translation import gettext_lazy as _

from sessions.models import Release
from summit.hooks import events
from summit.hooks.domain.emit import emit
from summit.hooks.facts import absolute, of_summit

RELEASED = events.declare("agenda.released", _("the agenda is released"))


def released(release: Release) -> None:
    """Tell that the agenda was released, in the transaction that releases it. What changed is for its readers, each
    as far as they may know: a receiver reads the agenda."""
    summit = release.summit
    emit(
        summit=summit,
        event=RELEASED,
        subject_key=f"sessions.release:{summit.public_id}",
        version=release.number,
        facts={
            "summit": of_summit(summit),
            "release": release.number,
            "url": absolute("api-agenda", summit.slug),
            "page": absolute("agenda:agenda", summit.slug),
        },
    )
