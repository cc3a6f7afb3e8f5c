"""The session of a speech in one line."""

from press.published_texts.selectors import Reading
from sessions.agenda.models.releases import ReleasedSession
from sessions.agenda.selectors.change_descriptions import days
from summit.core.punctuation import comma
from summit.templatetags.moments import day_clock


def place_of(occasion: ReleasedSession) -> str:
    """Return a session's title, room and venue, in the active language."""
    return comma().join(filter(None, (occasion.words.title, occasion.room_name, occasion.venue_name)))


def line_of(reading: Reading) -> str:
    """Return the place and time of a text's session, in one line for documents, or "" if the session isn't public."""
    occasion, summit = reading.occasion, reading.summit
    if occasion is None:
        return ""
    times_known = occasion.times_known
    when = (
        day_clock(occasion.starts_at, summit) if times_known else days(occasion.starts_at, occasion.ends_at, summit)
    )
    return f"{place_of(occasion)}. {when}"
