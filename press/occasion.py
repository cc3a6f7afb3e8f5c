"""A speech and the session in which it was given, each told beside the other, as far as everybody may know."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from press.addresses import address
from press.finding.address import Asked
from press.models import Edition
from press.models.visibility import public_editions
from press.reading import Reading, described, listed
from sessions.domain.wording import days
from sessions.models import ReleasedSession
from sessions.published import Published, listing, source, stamp
from summit.db.prepared import Prepared
from summit.models import Summit
from summit.templatetags.marks import comma
from summit.templatetags.moments import day_clock


def place_of(occasion: ReleasedSession) -> str:
    """Return what a session is called and where it is, in the active language."""
    return comma().join(filter(None, (occasion.words.title, occasion.room_name, occasion.venue_name)))


def line_of(reading: Reading) -> str:
    """Return where and when a speech was given, as documents print it, or "" where it is not known."""
    occasion, summit = reading.occasion, reading.summit
    if occasion is None:
        return ""
    known = occasion.times_known
    when = day_clock(occasion.starts_at, summit) if known else days(occasion.starts_at, occasion.ends_at, summit)
    return f"{place_of(occasion)}. {when}"


@source(10)
def texts_of(summit: Summit, slots: Any) -> Iterator[Published]:
    """Yield what everybody may read of speeches, each text in its authoritative language, as they came out."""
    for edition in (
        listed(summit).filter(version__text__slot__public_id__in=slots).order_by("first_published_at", "id")
    ):
        yield _published(summit, edition)


@listing(10)
def list_of(summit: Summit, session: str) -> str:
    """Return the address of the list of texts of a session's speeches."""
    return f"{reverse('press:list', args=[summit.slug])}{Asked(chosen={'session': session}).query()}"


def _public_of(**of: Any) -> QuerySet[Any, tuple[Any, ...]]:
    text = "version__text__"
    rows = public_editions().filter(version__authoritative=True, **{f"{text}{name}": key for name, key in of.items()})
    return rows.order_by("pk").values_list("pk", f"{text}kind", f"{text}wording", f"{text}slug")


_OF_SESSION = Prepared(lambda summit, session: _public_of(summit__slug=summit, slot__session__public_id=session))
_OF_ALL = Prepared(lambda summit: _public_of(summit__slug=summit, slot__isnull=False))


@stamp(10)
def stamp_of(summit: str, session: str) -> tuple[Any, ...]:
    """Return which texts of speeches everybody may read at this moment: an edition's words never change."""
    return tuple(_OF_SESSION.rows(summit=summit, session=session) if session else _OF_ALL.rows(summit=summit))


def _published(summit: Summit, edition: Edition) -> Published:
    version = edition.version
    text = version.text
    key = text.slot.public_id if text.slot else ""
    return Published(
        key, described(text.kind, text.wording), edition.title, version.language, address(summit, edition)
    )
