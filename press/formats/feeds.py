"""Code shared by the Atom and JSON feeds: titles, URLs, page lengths and the content of entries.

A withdrawn text stays an entry: it still has a page, and subscribers of the feed should learn why it was withdrawn. A
removed text has no page. The feed lists it as a `Tombstone`, so that feed readers delete the entry.

An entry contains the summary of a text, or else the beginning of the text: a feed of whole speeches would have a
megabyte. Older texts are on further pages (RFC 5005, section 3, and JSON Feed's `next_url`).
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
from press.texts.markdown_to_html import to_html
from press.texts.models.visibility import removed_editions
from press.texts.selectors.rendered_editions import html_of
from summit.summits.models import Summit

# The number of texts on a page of a feed. The first page has the texts that changed last.
LENGTH = 50
# The least characters in an entry of a text without a summary. The entry ends with the end of a paragraph.
BEGINNING = 600


@dataclass(frozen=True)
class Tombstone:
    """A published text that was removed. `ref` is its permanent tag URI, `at` the time and `reason` the reason."""

    ref: str
    at: datetime
    reason: str


@dataclass(frozen=True)
class Feed:
    """One page of a feed. Its texts are in the order of their last change, newest first.

    `query` is the part of the URL that filters the feed, such as "kind=notice", or "". `gone` has the removed texts,
    which are only on the first page. `more` says whether another page follows. Nothing counts the pages, which would
    take longer with each text.
    """

    summit: Summit
    readings: Sequence[Reading]
    query: str = ""
    gone: Sequence[Tombstone] = ()
    page: int = 1
    more: bool = False

    @property
    def home(self) -> str:
        """The absolute URL of the list on the press site that has the same texts."""
        return self._absolute("press:list")

    @property
    def title(self) -> str:
        """The feed's title, in the active language."""
        return _("%(summit)s: press") % {"summit": self.summit.reads_as.name}

    @property
    def changed_at(self) -> datetime:
        """The time of the newest change or removal of a text on this page, or else of the summit's creation."""
        moments = [reading.changed_at for reading in self.readings] + [tombstone.at for tombstone in self.gone]
        return max(moments, default=self.summit.created_at)

    @property
    def hub(self) -> str:
        """The URL of the WebSub hub (W3C) that is notified when the feed changes, or ""."""
        return websub.of_feed(self.query) if self.page == 1 else ""

    @property
    def tag(self) -> str:
        """The permanent tag URI (RFC 4151) of the feed. Each filtered feed has its own tag URI."""
        whole = f"tag:{authority()},{self.summit.starts_on:%Y}:press:{self.summit.public_id}"
        return f"{whole}?{self.query}" if self.query else whole

    def address(self, name: str) -> str:
        """Return the absolute URL of this page of the feed, in the format of the route `name`."""
        return self._absolute(name, self.page)

    def others(self, name: str) -> dict[str, str]:
        """Return a dict from link relations (RFC 5005, section 3) to the absolute URLs of other pages.

        The dict is empty if the feed has only one page.
        """
        numbers = {"first": 1, "previous": self.page - 1} if self.page > 1 else {"first": 1} if self.more else {}
        numbers |= {"next": self.page + 1} if self.more else {}
        return {rel: self._absolute(name, number) for rel, number in numbers.items()}

    def _absolute(self, name: str, page: int = 1) -> str:
        query_string = "&".join(filter(None, (f"page={page}" if page > 1 else "", self.query)))
        return (
            f"{settings.BASE_URL}{reverse(name, args=[self.summit.slug])}{'?' if query_string else ''}{query_string}"
        )


def buried(summit: Summit) -> list[Tombstone]:
    """Return a tombstone for each of the published texts that were removed last, at most LENGTH.

    Makes one query.
    """
    rows = removed_editions().filter(version__text__summit=summit, version__authoritative=True, number=_last_read())
    rows = rows.select_related("version__text").order_by("-version__text__removed_at", "-pk")[:LENGTH]
    tombstones = []
    for edition in rows:
        text = edition.version.text
        if text.removed_at is not None:
            tombstones.append(Tombstone(addresses.tag(summit, edition), text.removed_at, text.removal_reason))
    return tombstones


def _last_read() -> Subquery:
    """Return a subquery for the number of the last published edition of a removed version.

    Feeds list only this edition, so that each removed text is listed once.
    """
    return Subquery(
        removed_editions().filter(version=OuterRef("version")).order_by("-number").values("number")[:1],
        output_field=IntegerField(),
    )


def moment(value: datetime) -> str:
    """Return a moment in UTC in RFC 3339 format, to the second."""
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def title_of(reading: Reading) -> str:
    """Return the title of a text, with "Withdrawn" before it if the text has been withdrawn."""
    if reading.withdrawn:
        return _("Withdrawn: %(title)s") % {"title": reading.edition.title}
    return reading.edition.title


def content_of(reading: Reading) -> SafeString:
    """Return the content of an entry as HTML: notices, then the text or its summary or beginning with a link.

    For a withdrawn text, only the notices and the footnote are included.
    """
    parts = [
        format_html("<p><strong>{}</strong> {}</p>\n", notice.said, notice.reason) for notice in notices(reading)
    ]
    if not reading.withdrawn:
        parts += _body_parts(reading)
    if reading.note:
        parts.append(format_html("<p>{} {}</p>\n", STAR, reading.note))
    return mark_safe("".join(parts))  # noqa: S308


def _body_parts(reading: Reading) -> list[SafeString]:
    edition = reading.edition
    if len(edition.body) <= BEGINNING:
        # html_of has cleaned it with nh3.
        return [mark_safe(html_of(edition))]  # noqa: S308
    if edition.summary:
        content = format_html("<p>{}</p>\n", edition.summary)
    else:
        content = mark_safe(to_html(_beginning(edition.body)))  # noqa: S308
    return [content, format_html('<p><a href="{}">{}</a></p>\n', reading.url, _("Read the full text"))]


def _beginning(body: str) -> str:
    """Return the first paragraphs of a Markdown text, with at least BEGINNING characters if the text has as many."""
    paragraphs, length = [], 0
    for paragraph in body.split("\n\n"):
        paragraphs.append(paragraph)
        length += len(paragraph)
        if length >= BEGINNING:
            break
    return "\n\n".join(paragraphs)
