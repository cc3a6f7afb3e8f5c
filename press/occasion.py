"""A speech and the session in which it was given, each told beside the other, as far as everybody may know."""

from collections.abc import Iterator
from typing import Any

from press.models import Edition
from press.models.visibility import public_editions
from press.reading import Reading, address, described, listed
from sessions.domain.wording import days
from sessions.models import ReleasedSession
from sessions.published import Published, source, stamp
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


@stamp(10)
def stamp_of(summit: str, session: str) -> tuple[Any, ...]:
    """Return which texts of speeches everybody may read at this moment: an edition's words never change."""
    rows = public_editions().filter(version__authoritative=True, version__text__summit__slug=summit)
    of = {"session__public_id": session} if session else {"isnull": False}
    text = "version__text__"
    rows = rows.filter(**{f"{text}slot__{name}": value for name, value in of.items()})
    return tuple(rows.order_by("pk").values_list("pk", f"{text}kind", f"{text}wording", f"{text}slug"))


def _published(summit: Summit, edition: Edition) -> Published:
    version = edition.version
    text = version.text
    key = text.slot.public_id if text.slot else ""
    return Published(
        key, described(text.kind, text.wording), edition.title, version.language, address(summit, edition)
    )
