"""What the two feeds have in common: their name, how long they are, and how each text stands in them.

A text that was withdrawn and is kept stays an entry: it has a page, and whoever follows a feed is to read that it was
withdrawn and why. A text that was removed has none; of it the feed says that it is gone (`Gone`), so that readers
take it away too.

An entry has a text's summary, or else its beginning: a feed of whole speeches would be a megabyte each time. What
doesn't stand on the first page stands on those that follow (RFC 5005, 3, and JSON Feed's `next_url`).
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

from press.published_texts import websub
from press.published_texts.reader_notices import notices
from press.published_texts.selectors import STAR, Reading
from press.texts import addresses
from press.texts.addresses import authority
from press.texts.markdown import to_html
from press.texts.models.visibility import gone_editions
from press.texts.selectors.rendered_editions import html_of
from summit.summits.models import Summit

# How many texts a page of a feed holds: on the first those that changed last.
LENGTH = 50
# Of a text without a summary so many characters stand in an entry, and what goes on in the same paragraph.
BEGINNING = 600


@dataclass(frozen=True)
class Gone:
    """A text that had been published and was removed: its name for ever, since when, and why."""

    ref: str
    at: datetime
    reason: str


@dataclass(frozen=True)
class Feed:
    """A page of a feed as it is asked for: `query` is the part of its address that narrows it ("kind=notice"), or "";
    its texts are those that changed last, the newest first, and those removed stand on the first page."""

    summit: Summit
    readings: Sequence[Reading]
    query: str = ""
    gone: Sequence[Gone] = ()
    page: int = 1
    pages: int = 1

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
        return websub.of_feed(self.query) if self.page == 1 else ""

    @property
    def tag(self) -> str:
        """The feed's name for ever (RFC 4151); one that is narrowed is another feed."""
        whole = f"tag:{authority()},{self.summit.starts_on:%Y}:press:{self.summit.public_id}"
        return f"{whole}?{self.query}" if self.query else whole

    def address(self, name: str) -> str:
        """Return the absolute address of this page of the feed that the route `name` gives."""
        return self._absolute(name, self.page)

    def others(self, name: str) -> dict[str, str]:
        """Return the absolute addresses of other pages by their relation to this one (RFC 5005, 3); none where there
        is but one."""
        last = self.pages
        if last < 2:
            return {}
        numbers = {"first": 1, "previous": self.page - 1, "next": self.page + 1, "last": last}
        return {rel: self._absolute(name, number) for rel, number in numbers.items() if 1 <= number <= last}

    def _absolute(self, name: str, page: int = 1) -> str:
        asked = "&".join(filter(None, (f"page={page}" if page > 1 else "", self.query)))
        return f"{settings.BASE_URL}{reverse(name, args=[self.summit.slug])}{'?' if asked else ''}{asked}"


def buried(summit: Summit) -> list[Gone]:
    """Return the texts that were removed last after everybody could read them. One query."""
    rows = gone_editions().filter(version__text__summit=summit, version__authoritative=True, number=_last_read())
    rows = rows.select_related("version__text").order_by("-version__text__removed_at", "-pk")[:LENGTH]
    found = []
    for edition in rows:
        text = edition.version.text
        if text.removed_at is not None:
            found.append(Gone(addresses.tag(summit, edition), text.removed_at, text.removal_reason))
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
    """Return an entry's content as HTML: what has to be known of the text first, then its summary or its beginning,
    and where the rest is. The words of a text that was withdrawn are left to its page."""
    parts = [
        format_html("<p><strong>{}</strong> {}</p>\n", notice.said, notice.reason) for notice in notices(reading)
    ]
    if not reading.withdrawn:
        parts += _words(reading)
    if reading.note:
        parts.append(format_html("<p>{} {}</p>\n", STAR, reading.note))
    return mark_safe("".join(parts))  # noqa: S308


def _words(reading: Reading) -> list[SafeString]:
    edition = reading.edition
    if len(edition.body) <= BEGINNING:
        # Cleaned by nh3 as it was made.
        return [mark_safe(html_of(edition))]  # noqa: S308
    if edition.summary:
        shown = format_html("<p>{}</p>\n", edition.summary)
    else:
        shown = mark_safe(to_html(_beginning(edition.body)))  # noqa: S308
    return [shown, format_html('<p><a href="{}">{}</a></p>\n', reading.url, _("Read the whole text"))]


def _beginning(body: str) -> str:
    """Return the paragraphs of Markdown with which a text begins."""
    found, length = [], 0
    for part in body.split("\n\n"):
        found.append(part)
        length += len(part)
        if length >= BEGINNING:
            break
    return "\n\n".join(found)
