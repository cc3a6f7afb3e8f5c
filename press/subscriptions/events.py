"""Webhook events about texts. They are sent after publication, and contain no title or other words of a text.

The receiver requests the URL in the event, which returns the current state of the text. A title in an event could
still be delivered after the text is held.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypedDict

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from press.subscriptions.models import Announcement
from press.texts.addresses import address
from press.texts.models.texts import Text
from press.texts.models.visibility import public_editions
from summit.summits.models import Summit
from summit.webhooks.event_data import SummitData, absolute, of_summit
from summit.webhooks.events import Event, KnownTo, declare
from summit.webhooks.payload_types import Url

if TYPE_CHECKING:
    from press.texts.models.visibility import PublicEdition


class TextData(TypedDict):
    """A text's id, slug and kind."""

    id: str
    slug: str
    kind: str


class AboutText(TypedDict):
    """What all events about a text have: the text, and where its current state is."""

    summit: SummitData
    text: TextData
    url: Url
    page: Url


class PublishedData(AboutText):
    """The payload about an edition in one language. `change` is the kind of the correction, or None."""

    language: str
    authoritative: bool
    edition: int
    change: str | None


class WithdrawnData(AboutText):
    """The payload about a withdrawn text. `removed` says whether the text is gone."""

    removed: bool


@dataclass(frozen=True)
class TextWithdrawal:
    """That a text was withdrawn, or removed after that."""

    text: Text
    removed: bool


def _about(text: Text) -> AboutText:
    summit = text.summit
    return {
        "summit": of_summit(summit),
        "text": {"id": text.public_id, "slug": text.slug, "kind": str(text.kind)},
        "url": absolute("text-detail", summit.slug, text.slug),
        "page": absolute("press:text", summit.slug, text.slug),
    }


def _published(edition: "PublicEdition") -> PublishedData:
    text = edition.version.text
    return {
        **_about(text),
        "language": edition.version.language,
        "authoritative": edition.version.authoritative,
        "edition": edition.number,
        "change": str(edition.change_kind) if edition.change_kind else None,
        "page": settings.BASE_URL + address(text.summit, edition),
    }


def _withdrawn(withdrawal: TextWithdrawal) -> WithdrawnData:
    return {**_about(withdrawal.text), "removed": withdrawal.removed}


def _public(summit: Summit, editions: "Sequence[PublicEdition]") -> "list[PublicEdition]":
    rows = public_editions().filter(pk__in=[edition.pk for edition in editions], version__text__summit=summit)
    return list(rows.filter(version__text__withdrawn_at__isnull=True))


def _announced(summit: Summit, withdrawals: Sequence[TextWithdrawal]) -> list[TextWithdrawal]:
    texts = Text.objects.filter(summit=summit, pk__in=[each.text.pk for each in withdrawals])
    rows = Announcement.objects.filter(edition__version__text__in=texts.filter(withdrawn_at__isnull=False))
    announced = set(rows.values_list("edition__version__text", flat=True))
    return [each for each in withdrawals if each.text.pk in announced]


PUBLISHED: "Event[PublicEdition]" = declare(
    Event(
        name="text.published",
        label=_("a text is published"),
        services=("press.subscriptions.services.announcements.announce",),
        known_to=KnownTo("everybody: the edition is public", _public),
        summit=lambda edition: edition.version.text.summit,
        subject_key=lambda edition: f"press.edition:{edition.public_id}",
        version=lambda edition: edition.number,
        payload=PublishedData,
        build_payload=_published,
    )
)
CORRECTED = declare(replace(PUBLISHED, name="text.corrected", label=_("a text is corrected")))
WITHDRAWN = declare(
    Event(
        name="text.withdrawn",
        label=_("a text is withdrawn or removed"),
        services=("press.subscriptions.services.withdrawals.emit_withdrawal",),
        known_to=KnownTo("everybody: the text was public, and announced", _announced),
        summit=lambda withdrawal: withdrawal.text.summit,
        subject_key=lambda withdrawal: f"press.text:{withdrawal.text.public_id}",
        version=lambda withdrawal: 2 if withdrawal.removed else 1,
        payload=WithdrawnData,
        build_payload=_withdrawn,
    )
)
