"""The view of private calendars, which calendar programs fetch."""

import hashlib

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.translation import override

from delegations.parties.selectors.party_names import to_reader
from sessions.calendars import services
from sessions.calendars.models import CalendarFeed
from sessions.calendars.selectors.personal_calendar_feed import private_feed
from summit.core.languages import spoken
from summit.permissions.route_access import Gate, route
from summit.public_base.public_pages import blind


@route(Gate.HOLDER, kind="private calendar")
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """Return the private calendar of a token as an iCalendar file.

    Raises the same Http404 for an unknown token, for a calendar that was ended, and for one made by somebody who has
    left. Only the token is checked; login sessions and cookies are ignored. A request with the current ETag gets a
    304.
    """
    blind(request)
    calendar = services.find_by_token(token)
    if calendar is None:
        raise Http404
    services.record_fetch(calendar)
    content = _content(calendar)
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {
        "ETag": etag,
        "Cache-Control": "private, no-cache",
        "Content-Disposition": 'inline; filename="programme.ics"',
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex",
    }
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)
    return get_conditional_response(request, etag=etag, response=response) or response


def _content(calendar: CalendarFeed) -> bytes:
    summit, language = services.summit_of(calendar), spoken(services.language_of(calendar))
    with override(language):
        name = to_reader(calendar.party).name if calendar.party else str(calendar.person)
        return private_feed(
            summit=summit,
            updated_at=services.updated_at(calendar),
            sessions=services.sessions_of(calendar),
            name=name,
            language=language,
            alarms=calendar.alarms,
        )
