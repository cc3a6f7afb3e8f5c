"""Template filters for released sessions."""

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from sessions.agenda.models.releases import Release, ReleasedSession
from sessions.agenda.selectors import change_descriptions
from summit.core.languages import language_name, spoken
from summit.summits.models import Summit

register = template.Library()


@register.filter
def days_alone(row: ReleasedSession, summit: Summit) -> str:
    """Return "Monday 31 March 2025, time not announced" for a session whose times the reader may not know."""
    return change_descriptions.days(row.starts_at, row.ends_at, summit)


@register.filter
def interpreted(languages: tuple[str, str, str]) -> str:
    """Return "from French into English" for an interpretation, a (source, target, booth) tuple."""
    source, target, _booth = languages
    return _("from %(source)s into %(target)s") % {"source": language_name(source), "target": language_name(target)}


@register.filter
def note_here(release: Release) -> str:
    """Return a release's note in the reader's language, or "" if it isn't written in it."""
    return release.note_in(spoken(get_language() or ""))


@register.filter
def stopwatch(seconds: float) -> str:
    """Return a number of seconds as a stopwatch shows it: "5:07", or "1:05:07" from an hour on."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
