"""What the two feeds have in common: their name, how long they are, and how each text stands in them.

A text that was withdrawn and is kept stays an entry: it has a page, and whoever follows a feed is to read that it was
withdrawn and why. A text that was removed has none; of it the feed says that it is gone (`Gone`), so that readers
take it away too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.db.models import IntegerField, OuterRef, Subquery
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from press import websub
from press.addresses import authority, tag
from press.models.visibility import gone_editions
from press.notices import notices
from press.reading import STAR, Reading
from press.rendered import html_of
from summit.models import Summit

# How many texts a feed holds: those that changed last.
LENGTH = 50


@dataclass(frozen=True)
class Gone:
    """A text that had been published and was removed: its name for ever, since when, and why."""

    ref: str
    at: datetime
    reason: str


@dataclass(frozen=True)
class Feed:
    """A feed as it is asked for: `query` is the part of its address that narrows it ("kind=notice"), or ""; its texts
    are those that changed last, the newest first."""

    summit: Summit
    readings: Sequence[Reading]
    query: str = ""
    gone: Sequence[Gone] = ()

    @property
    def home(self) -> str:
        """The absolute address of the list of the same texts."""
        return self._absolute("press:list")

    @property
    def title(self) -> str:
        """What the feed is called, in the language that is active."""
        return _("%(summit)s: press") % {"summit": self.summit.reads_as.name}

    @property
    def changed_at(self) -> datetime:
        """When the feed last changed: with its newest text or the newest removal, or when the summit was set up."""
        moments = [reading.changed_at for reading in self.readings] + [gone.at for gone in self.gone]
        return max(moments, default=self.summit.created_at)

    @property
    def hub(self) -> str:
        """The hub that is told when the feed changes (W3C WebSub), "" for none."""
        return websub.of_feed(self.query)

    @property
    def tag(self) -> str:
        """The feed's name for ever (RFC 4151); one that is narrowed is another feed."""
        whole = f"tag:{authority()},{self.summit.starts_on:%Y}:press:{self.summit.public_id}"
        return f"{whole}?{self.query}" if self.query else whole

    def address(self, name: str) -> str:
        """Return the absolute address of the feed that the route `name` gives."""
        return self._absolute(name)

    def _absolute(self, name: str) -> str:
        path = reverse(name, args=[self.summit.slug])
        return f"{settings.BASE_URL}{path}{'?' if self.query else ''}{self.query}"


def buried(summit: Summit) -> list[Gone]:
    """Return the texts that were removed last after everybody could read them. One query."""
    rows = gone_editions().filter(version__text__summit=summit, version__authoritative=True, number=_last_read())
    rows = rows.select_related("version__text").order_by("-version__text__removed_at", "-pk")[:LENGTH]
    found = []
    for edition in rows:
        text = edition.version.text
        if text.removed_at is not None:
            found.append(Gone(tag(summit, edition), text.removed_at, text.removal_reason))
    return found


def _last_read() -> Subquery:
    """Return the number of a version's last edition that had been read: a text is buried once."""
    return Subquery(
        gone_editions().filter(version=OuterRef("version")).order_by("-number").values("number")[:1],
        output_field=IntegerField(),
    )


def moment(value: datetime) -> str:
    """Return a moment in UTC as RFC 3339 writes it, to the second."""
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def title_of(reading: Reading) -> str:
    """Return the title, marked where the text has been withdrawn."""
    if reading.withdrawn:
        return _("Withdrawn: %(title)s") % {"title": reading.edition.title}
    return reading.edition.title


def content_of(reading: Reading) -> SafeString:
    """Return an entry's content as HTML: what has to be known of the text first, then its words. The words of a text
    that was withdrawn are left to its page."""
    parts = [
        format_html("<p><strong>{}</strong> {}</p>\n", notice.said, notice.reason) for notice in notices(reading)
    ]
    if not reading.withdrawn:
        # Cleaned by nh3 as it was made.
        parts.append(mark_safe(html_of(reading.edition)))  # noqa: S308
    if reading.note:
        parts.append(format_html("<p>{} {}</p>\n", STAR, reading.note))
    return mark_safe("".join(parts))  # noqa: S308
