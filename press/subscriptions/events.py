"""Webhook events about texts. They are sent after publication, and contain no title or other words of a text.

The receiver requests the URL in the event, which returns the current state of the text. A title in an event could
still be delivered after the text is held.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from press.published_texts import websub
from press.subscriptions.models import Announcement
from press.texts import listeners
from press.texts.addresses import address
from press.texts.models.texts import Text
from summit.webhooks import events as webhooks_events
from summit.webhooks.emit import Cause, emit_many
from summit.webhooks.event_data import absolute, of_summit

if TYPE_CHECKING:
    from press.texts.models.visibility import PublicEdition

PUBLISHED = webhooks_events.declare("text.published", _("a text is published"))
CORRECTED = webhooks_events.declare("text.corrected", _("a text is corrected"))
WITHDRAWN = webhooks_events.declare("text.withdrawn", _("a text is withdrawn or removed"))


def announced(text: Text, editions: Sequence["PublicEdition"]) -> None:
    """Emit an event for each newly published edition of a text, in the transaction that announces the editions."""
    causes = [
        Cause(
            CORRECTED if edition.published_at > edition.first_published_at else PUBLISHED,
            f"press.edition:{edition.public_id}",
            edition.number,
            _facts(text)
            | {
                "language": edition.version.language,
                "authoritative": edition.version.authoritative,
                "edition": edition.number,
                "change": edition.change_kind or None,
                "page": settings.BASE_URL + address(text.summit, edition),
            },
        )
        for edition in editions
    ]
    emit_many(summit=text.summit, causes=causes)
    websub.changed(text, {edition.version.language for edition in editions}, f"press.edition:{editions[0].public_id}")


@listeners.withdrawn(10)
def withdrawn(text: Text, removed: bool) -> None:
    """Emit the event that a text was withdrawn or removed, in the transaction that withdraws or removes the text.

    No event is emitted for a text that was never announced.
    """
    announcements = Announcement.objects.filter(edition__version__text=text.pk)
    languages = set(announcements.order_by().values_list("edition__version__language", flat=True))
    if not languages:
        return
    cause = Cause(WITHDRAWN, f"press.text:{text.public_id}", 2 if removed else 1, _facts(text) | {"removed": removed})
    emit_many(summit=text.summit, causes=[cause])
    websub.changed(text, languages, f"{cause.subject_key}:{cause.version}")


def _facts(text: Text) -> dict[str, Any]:
    summit = text.summit
    return {
        "summit": of_summit(summit),
        "text": {"id": text.public_id, "slug": text.slug, "kind": text.kind},
        "url": absolute("text-detail", summit.slug, text.slug),
        "page": absolute("press:text", summit.slug, text.slug),
    }
