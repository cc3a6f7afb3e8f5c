"""The webhook events of the agenda."""

from collections.abc import Sequence
from typing import TypedDict

from django.utils.translation import gettext_lazy as _

from sessions.agenda.models.releases import Release
from sessions.agenda.selectors import last_changed
from summit.summits.models import Summit
from summit.webhooks.event_data import SummitData, absolute, of_summit
from summit.webhooks.events import Event, KnownTo, declare
from summit.webhooks.payload_types import Url


class AgendaReleasedData(TypedDict):
    """The payload: when the public agenda changed, and where it is. Receivers read the changes there.

    They never learn the number of a release.
    """

    summit: SummitData
    updated: str
    url: Url
    page: Url


def _payload(release: Release) -> AgendaReleasedData:
    summit = release.summit
    return {
        "summit": of_summit(summit),
        "updated": Release.objects.values_list("released_at", flat=True).get(pk=release.pk).isoformat(),
        "url": absolute("api-agenda", summit.slug),
        "page": absolute("agenda:agenda", summit.slug),
    }


def _changed_the_public_agenda(summit: Summit, releases: Sequence[Release]) -> list[Release]:
    updated = last_changed.public(summit)
    rows = Release.objects.filter(pk__in=[release.pk for release in releases], summit=summit)
    return [row for row in rows if row.released_at == updated]


RELEASED = declare(
    Event(
        name="agenda.released",
        label=_("the agenda is released"),
        services=("sessions.releases.services.releases.release", "sessions.releases.services.releases.retime"),
        known_to=KnownTo("everybody: the release changed the public agenda", _changed_the_public_agenda),
        summit=lambda release: release.summit,
        subject_key=lambda release: f"agenda.release:{release.summit.public_id}",
        version=lambda release: release.number,
        payload=AgendaReleasedData,
        build_payload=_payload,
    )
)
