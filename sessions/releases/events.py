"""Webhook events of the agenda."""

from django.utils.translation import gettext_lazy as _

from sessions.agenda.models.releases import Release
from sessions.agenda.selectors import last_changed
from summit.webhooks import events as webhooks_events
from summit.webhooks.emit import emit
from summit.webhooks.event_data import absolute, of_summit

RELEASED = webhooks_events.declare("agenda.released", _("the agenda is released"))


def released(release: Release) -> None:
    """Emit the event that the agenda was released, if the release changed the public agenda.

    It must be called in the transaction of the release. Receivers read the changes in the agenda. They get no event
    for a release with only hidden changes, and never learn the number of a release.
    """
    summit, updated = release.summit, last_changed.public(release.summit)
    if updated is None or updated != Release.objects.values_list("released_at", flat=True).get(pk=release.pk):
        return
    emit(
        summit=summit,
        event=RELEASED,
        subject_key=f"agenda.release:{summit.public_id}",
        version=release.number,
        facts={
            "summit": of_summit(summit),
            "updated": updated.isoformat(),
            "url": absolute("api-agenda", summit.slug),
            "page": absolute("agenda:agenda", summit.slug),
        },
    )
