"""The pages of the day's presence, for a tablet in the hand: of a session, of all heads, and who represents whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from delegations.members.models.categories import Capacity
from delegations.members.models.members import Membership
from delegations.parties.models.parties import Party
from delegations.parties.selectors import party_names
from sessions.draft.admin.session_pages import FrameMixin
from sessions.draft.models.participants import Slot
from sessions.draft.models.sessions import Session
from sessions.draft.permissions import can_run_day
from sessions.presence import place_card_pdf
from sessions.presence.models import Place, PresenceMark
from sessions.presence.selectors import attendance
from sessions.presence.selectors.attendance import Line
from sessions.presence.selectors.place_card import place_card
from sessions.presence.services import marks, representation
from sessions.presence.services.marks import PresenceRefused, gone_message
from summit.admin_base.live_versions import version_response
from summit.admin_base.messages import add_undoable
from summit.admin_base.model_pages import model_page
from summit.admin_base.return_path import posted_return_path
from summit.admin_base.row_keys import key_of
from summit.admin_base.service_admin import user_of
from summit.core.database_clock import db_now
from summit.core.file_names import disposition
from summit.core.punctuation import pair
from summit.core.text_normalisation import fold
from summit.pdf import missing_fonts
from summit.pdf.fonts import MissingFontError
from summit.pdf.paper_size import paper_of
from summit.people.models import Person
from summit.summits.models import Summit
from summit.undo import services as undo
from summit.users.models import User


@dataclass
class Row:
    """A line as the page shows it. `words` are folded, for the search by typing; `may` are the places to tick."""

    line: Line
    words: str
    may: list[Place]

    @property
    def key(self) -> str:
        """What tells the row from the others of the page."""
        return f"{self.line.party.pk}-{self.line.person.pk if self.line.person else 0}"


@dataclass
class Group:
    """The rows that were last seen at the same place, with a heading. `name` is in no language."""

    name: str
    title: str
    rows: list[Row]


class PresenceMixin(FrameMixin):
    """Adds the pages of presence and representation to the admin of draft sessions."""

    @model_page("<int:pk>/presence/", "presence", post="agenda.run_day")
    def presence_view(self, request: HttpRequest, session: Session) -> HttpResponse:
        """Show the delegations of a session, first those not seen in the room. On POST, tick or take back a tick."""
        if request.method == "POST":
            return _record(request, session.summit, session)
        now = db_now()
        lines = attendance.of_sessions([session], now)[session.pk]
        names = party_names.on_page(session.summit)
        inside = [line for line in lines if Place.ROOM in line.marks]
        outside = [line for line in lines if Place.ROOM not in line.marks]
        outside.sort(key=lambda line: len(line.marks))
        may = [Place.ROOM, Place.DOOR]
        context = {
            **self.frame(request, session, _("Presence")),
            **_page(request, session.summit, names, [("unseen", outside), ("room", inside)], may),
            "represents": True,
        }
        return TemplateResponse(request, "admin/agenda/presence/session.html", context)

    @model_page("presence/<slug:slug>/", "presence_day", post="agenda.run_day")
    def presence_day_view(self, request: HttpRequest, summit: Summit) -> HttpResponse:
        """Show all heads of delegation, first those not seen today. On POST, tick or take back a tick."""
        if request.method == "POST":
            return _record(request, summit, None)
        lines = attendance.of_day(summit, db_now())
        names = party_names.on_page(summit)
        at: dict[str, list[Line]] = {"unseen": [], Place.LANDED.value: [], Place.DOOR.value: []}
        for line in lines:
            at[line.last.place if line.last else "unseen"].append(line)
        context = {
            **self.admin_site.each_context(request),
            **_page(request, summit, names, at.items(), [Place.DOOR, Place.LANDED]),
            "opts": self.opts,
            "title": _("Heads of delegation today"),
            "summit": summit,
            "back": reverse("admin:agenda_session_changelist"),
        }
        return TemplateResponse(request, "admin/agenda/presence/day.html", context)

    @model_page("presence/<slug:slug>/version/", "presence_version", "GET")
    def presence_version_view(self, request: HttpRequest, summit: Summit) -> HttpResponseBase:
        """Return the version of the ticks of a summit, which open pages ask for every few seconds."""
        return version_response(request, attendance.version(summit))

    @model_page("<int:pk>/representation/", "representation", do="agenda.run_day")
    def representation_view(self, request: HttpRequest, session: Session) -> HttpResponse:
        """Show the members of the delegation `party`. On POST, record that `person` represents it in the session.

        Without `party`, one chooses it on the page of presence. Raises Http404 for a delegation that isn't in the
        session.
        """
        asked = request.POST if request.method == "POST" else request.GET
        if "party" not in asked:
            return redirect(_session_url(session))
        party = Party.objects.filter(summit=session.summit_id, pk=key_of(asked.get("party", "")) or 0).first()
        line = attendance.of_party(session, party, db_now()) if party is not None else None
        if party is None or line is None:
            raise Http404
        if request.method == "POST":
            return _represent(request, session, line)
        names = party_names.on_page(session.summit)
        named = names["names"].of(party)
        members = list(Membership.objects.filter(party=party).select_related("person", "category"))
        order = list(Capacity.values)
        members.sort(
            key=lambda row: (order.index(row.capacity) if row.capacity in order else len(order), row.position)
        )
        context = {
            **self.frame(request, session, _("Who represents %(party)s?") % {"party": named.name}),
            **names,
            "line": line,
            "rows": [(row, _words(row.person.name, row.person.office, row.category.name)) for row in members],
            "presence_url": f"{_session_url(session)}#row-{party.pk}-{line.person.pk if line.person else 0}",
            "speeches": Slot.objects.filter(session=session, party=party).count(),
        }
        return TemplateResponse(request, "admin/agenda/presence/representation.html", context)

    @model_page("<int:pk>/representation/card.pdf", "representation_card", "GET", do="agenda.run_day")
    def representation_card_view(self, request: HttpRequest, session: Session) -> HttpResponse:
        """Return the PDF of the place card of who represents the delegation `party` in the session.

        Without `party`, one chooses it on the page of presence. The access log records that the user has seen the
        name. Raises Http404 for a delegation that isn't in the session, or has named nobody.
        """
        if "party" not in request.GET:
            return redirect(_session_url(session))
        party = Party.objects.filter(summit=session.summit_id, pk=key_of(request.GET.get("party", "")) or 0).first()
        card = place_card(session=session, party=party, by=user_of(request)) if party is not None else None
        if card is None:
            raise Http404
        try:
            pdf = place_card_pdf.write(card, paper_of(session.summit))
        except MissingFontError as problem:
            messages.warning(request, f"{missing_fonts.missing(problem)} {missing_fonts.remedy(problem)}")
            return redirect(_session_url(session))
        shown = disposition(place_card_pdf.name_of(card), attached=False)
        headers = {"Content-Disposition": shown, "Cache-Control": "private, no-store"}
        return HttpResponse(pdf, content_type="application/pdf", headers=headers)


def _words(*parts: str) -> str:
    return fold(" ".join(parts))


def _session_url(session: Session) -> str:
    return reverse("admin:agenda_session_presence", args=[session.pk])


def _title(name: str, number: int) -> str:
    """Return the heading of a group of rows."""
    titles = {
        "unseen": ngettext("%(n)d not seen", "%(n)d not seen", number),
        Place.LANDED.value: ngettext("%(n)d landed", "%(n)d landed", number),
        Place.DOOR.value: ngettext("%(n)d at the door", "%(n)d at the door", number),
        Place.ROOM.value: ngettext("%(n)d in the room", "%(n)d in the room", number),
    }
    return titles[name] % {"n": number}


def _page(
    request: HttpRequest,
    summit: Summit,
    names: dict[str, Any],
    groups: Iterable[tuple[str, list[Line]]],
    places: list[Place],
) -> dict[str, Any]:
    """Return the variables that both pages have: the groups of rows, the search, and the version of the ticks."""
    may = can_run_day(request.user, summit)
    sought = request.GET.get("q", "").strip()
    wanted = fold(sought).split()
    found: list[Group] = []
    for name, lines in groups:
        rows = [_row(line, names["names"].of(line.party), places if may else []) for line in lines]
        rows = [row for row in rows if all(word in row.words for word in wanted)]
        found.append(Group(name, _title(name, len(rows)), rows))
    return {
        **names,
        "groups": found,
        "any": any(group.rows for group in found),
        "q": sought,
        "may_run": may,
        "version": attendance.version(summit),
        "version_url": reverse("admin:agenda_session_presence_version", args=[summit.slug]),
    }


def _row(line: Line, named: Any, places: list[Place]) -> Row:
    person = line.person
    words = _words(
        *(named.name, named.formal_name, line.party.name, line.party.iso_code),
        *((person.name, person.office) if person else ()),
        *((line.head.name, line.head.office) if line.head else ()),
    )
    open_places = [place for place in places if place not in line.marks] if person else []
    # Who is in the room has come in by the door.
    return Row(line, words, [] if Place.ROOM in line.marks else open_places)


def _record(request: HttpRequest, summit: Summit, session: Session | None) -> HttpResponse:
    """Tick, or take back a tick, as the form says, and lead back to the row."""
    by = user_of(request)
    url = (
        reverse("admin:agenda_session_presence_day", args=[summit.slug]) if session is None else _session_url(session)
    )
    row = ""
    with undo.grouped() as act:
        try:
            sentence, row = (
                _take_back(request, summit, by) if "mark" in request.POST else _tick(request, summit, session, by)
            )
        except PresenceRefused as refused:
            messages.warning(request, str(refused))
        else:
            add_undoable(request, sentence, act)
    return redirect(posted_return_path(request) or f"{url}#row-{row}")


def _tick(request: HttpRequest, summit: Summit, session: Session | None, by: User) -> tuple[str, str]:
    """Tick the person of the form, and return the message and the row's key. Raises PresenceRefused."""
    party = (
        Party.objects.select_related("summit")
        .filter(summit=summit, pk=key_of(request.POST.get("party", "")) or 0)
        .first()
    )
    person = Person.objects.filter(summit=summit, pk=key_of(request.POST.get("person", "")) or 0).first()
    place = request.POST.get("place", "")
    if party is None or person is None or place not in Place.values or (place == Place.ROOM and session is None):
        raise PresenceRefused(gone_message())
    in_room = session if place == Place.ROOM else None
    mark, new = marks.tick(party=party, person=person, place=Place(place), session=in_room, by=by)
    sentence = pair(person.label, _where(place))
    if not new:
        sentence = _("%(who)s has already ticked this: %(tick)s") % {"who": mark.by, "tick": sentence}
    return sentence, f"{party.pk}-{person.pk}"


def _where(place: str) -> str:
    return {
        Place.LANDED.value: pgettext("presence", "landed"),
        Place.DOOR.value: pgettext("presence", "at the door"),
        Place.ROOM.value: pgettext("presence", "in the room"),
    }[place]


def _take_back(request: HttpRequest, summit: Summit, by: User) -> tuple[str, str]:
    """Take back the tick of the form, and return the message and the row's key. Raises PresenceRefused."""
    rows = PresenceMark.objects.filter(summit=summit, pk=key_of(request.POST["mark"]) or 0)
    mark = rows.select_related("summit", "person", "session").first()
    if mark is None:
        raise PresenceRefused(gone_message())
    if not marks.take_back(mark=mark, by=by):
        raise PresenceRefused(_("Someone has already taken this back."))
    params = {"person": mark.person.label, "place": _where(mark.place)}
    return _("Taken back: %(person)s, %(place)s.") % params, f"{mark.party_id}-{mark.person_id}"


def _represent(request: HttpRequest, session: Session, line: Line) -> HttpResponse:
    """Record that the person of the form represents the delegation, and lead back to the row."""
    person = Person.objects.filter(summit=session.summit_id, pk=key_of(request.POST.get("person", "")) or 0).first()
    named = party_names.to_reader(line.party)
    with undo.grouped() as act:
        try:
            if person is None:
                raise PresenceRefused(gone_message())
            done = representation.represent(session=session, party=line.party, person=person, by=user_of(request))
        except PresenceRefused as refused:
            messages.warning(request, str(refused))
        else:
            params = {"person": done.row.person.label, "party": named.name}
            add_undoable(request, _represented(done.speeches, params), act)
    row = f"#row-{line.party.pk}-{person.pk if person else 0}"
    return redirect(posted_return_path(request) or _session_url(session) + row)


def _represented(number: int, params: dict[str, str]) -> str:
    """Return the message that somebody represents a delegation, and what follows."""
    sentence = _("%(person)s represents %(party)s in this session.") % params
    if not number:
        return sentence
    follows = ngettext(
        "%(n)d speech has changed its speaker. Delegations see it with the next release.",
        "%(n)d speeches have changed their speaker. Delegations see it with the next release.",
        number,
    )
    return f"{sentence} {follows % {'n': number}}"
