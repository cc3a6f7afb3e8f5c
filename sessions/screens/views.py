"""The pages of screens, and their content, for which each screen asks every few seconds."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_bidi, override

from sessions.agenda.selectors import release_cache
from sessions.agenda.selectors.change_descriptions import title_of
from sessions.agenda.selectors.content_language import of_title
from sessions.screens.models import Screen
from sessions.screens.selectors import lines, marks
from sessions.screens.services import screens
from summit.core.database_clock import db_now
from summit.core.languages import spoken
from summit.core.process_cache import Memory
from summit.permissions.route_access import Gate, route
from summit.public_base.public_pages import blind
from summit.summits.directions import Directions, in_language
from summit.summits.models import Summit

HEADERS = {
    "Cache-Control": "private, no-cache",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}


@dataclass(frozen=True)
class Content:
    """The content of a screen as HTML, with its ETag."""

    html: SafeString
    etag: str


@dataclass(frozen=True)
class ShownLine:
    """A line as a page shows it, in the active language."""

    line: lines.Line
    title: str
    language: str
    day: date
    directions: Directions | None


_CONTENT: Memory[Content] = Memory(200)
# The same by marks, which are read in one query.
_MARKED: Memory[Content] = Memory(200)


@route(Gate.HOLDER, kind="screen")
def screen(request: HttpRequest, summit: str, key: str) -> HttpResponseBase:
    """Show what is on now and next on a screen in the foyer or at a door.

    Raises the same Http404 for an unknown key and for one that was taken back. Only the key is checked; login
    sessions and cookies are ignored.
    """
    blind(request)
    row = _find(summit, key)
    shown, moment = _content(row)
    screens.record_connection(row.pk, seen_at=row.seen_at, now=moment)
    language = languages_of(row)[0]
    with override(language):
        page = {"screen": row, "shown": shown.html, "etag": shown.etag, "moment": moment, "key": key}
        page |= {"off": _in_each_language(row, "screens/off.html", {})}
        response = render(request, "screens/screen.html", {**page, "summit": row.summit})
    return _with_headers(response, moment)


@route(Gate.HOLDER, kind="screen")
def content(request: HttpRequest, summit: str, key: str) -> HttpResponseBase:
    """Return the content of a screen as a part of its page, in each of its languages.

    A request with the current ETag gets a 304. Raises the same Http404 as `screen`.
    """
    blind(request)
    digest = screens.digest_if_key(key)
    mark = marks.read_mark(summit=summit, digest=digest) if digest else None
    if mark is None:
        raise Http404
    # The mark is read first, so that what is cached under it is never older.
    shown = _MARKED.ask(mark.whole, lambda: _content(_find(summit, key))[0])
    moment = mark.now
    screens.record_connection(mark.screen, seen_at=mark.seen_at, now=moment)
    response = HttpResponse(shown.html, headers={"ETag": shown.etag})
    answer = get_conditional_response(request, etag=shown.etag, response=response) or response
    return _with_headers(answer, moment)


def _with_headers(response: HttpResponseBase, moment: datetime) -> HttpResponseBase:
    # The screen's own clock may be wrong, and goes on without a connection.
    for name, value in {**HEADERS, "X-Summit-Time": moment.isoformat()}.items():
        response[name] = value
    return response


def _find(summit: str, key: str) -> Screen:
    row = screens.find_by_key(summit=summit, key=key)
    if row is None:
        raise Http404
    return row


def languages_of(row: Screen) -> list[str]:
    """Return the languages of a screen: the one chosen for it, or else those in which the summit has names."""
    if row.language:
        return [spoken(row.language)]
    return list(dict.fromkeys(spoken(code) for code in (row.summit.language, *sorted(row.summit.names))))


def _content(row: Screen) -> tuple[Content, datetime]:
    """Return the content of a screen, and the present time. The content is cached until something in it changes."""
    at = release_cache.current(row.summit)
    moment = at.moment if at else db_now()
    day = lines.day(row.summit, moment) if at else lines.Day()
    local = moment.astimezone(row.summit.zone)
    room = (row.room.pk, row.room.name, row.room.venue.name) if row.room is not None else None
    depends_on = (
        *(row.pk, row.name, room, row.audience, row.tells_private, row.language),
        *(row.summit.public, row.summit.public_changes, at and (at.release.pk, at.stamp), day),
        # Changes are told for some hours, and the days roll on.
        *(local.date(), local.hour),
    )

    def make() -> Content:
        found = lines.lines(row, at, day) if at else []
        html = _in_each_language(row, "screens/content.html", _context(row.summit, found, moment))
        return Content(html, f'"{hashlib.sha256(html.encode()).hexdigest()[:32]}"')

    return _CONTENT.ask(depends_on, make), moment


def _context(summit: Summit, found: list[lines.Line], moment: datetime) -> dict[str, Any]:
    return {"days": lines.days(summit, moment, found), "found": found}


def _in_each_language(row: Screen, template: str, context: dict[str, Any]) -> SafeString:
    """Return a template rendered in each language of a screen, one below the other."""
    parts = []
    for language in languages_of(row):
        with override(language):
            shown = [_shown(row.summit, line, language) for line in context.get("found", ())]
            words = {"language": language, "direction": "rtl" if get_language_bidi() else "ltr"}
            parts.append(
                render_to_string(template, {**context, **words, "lines": shown, "screen": row, "summit": row.summit})
            )
    return mark_safe("".join(parts))  # noqa: S308 - rendered templates


def _shown(summit: Summit, line: lines.Line, language: str) -> ShownLine:
    title = title_of(line.session, language) if line.session is not None else ""
    text_language = (of_title(line.session, language) or summit.language) if line.session is not None else ""
    way = in_language(line.directions, language, summit)
    return ShownLine(line, title, text_language, line.starts_at.astimezone(summit.zone).date(), way)
