"""The list of who isn't reached, to be telephoned: the liaison officer first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from delegations.contacts.models import ContactRole
from delegations.overview.selectors import phone_numbers
from delegations.overview.selectors.phone_numbers import PhoneNumber
from delegations.parties.models.parties import Party
from delegations.parties.selectors import party_names
from sessions.agenda.selectors.change_descriptions import PARTS, Story, story
from sessions.agenda.selectors.changed_lines import ChangedLine
from sessions.agenda.selectors.differences import Nature, SessionChange, What
from sessions.agenda.selectors.snapshots import Snapshot
from sessions.presence.selectors import unreached
from sessions.presence.selectors.unreached import AHEAD, Waiting
from sessions.presence.services import telephone
from sessions.presence.services.marks import PresenceRefused, gone_message
from summit.admin_base.live_versions import version_response
from summit.admin_base.messages import add_undoable
from summit.admin_base.model_pages import model_page
from summit.admin_base.return_path import posted_return_path
from summit.admin_base.row_keys import key_of
from summit.admin_base.service_admin import user_of
from summit.audit import access_log
from summit.audit import services as audit
from summit.core.database_clock import db_now
from summit.core.date_formats import clock, short_day
from summit.core.punctuation import comma, until
from summit.people.models import Person
from summit.summits.models import Summit
from summit.undo import services as undo
from summit.users.models import User

# Minutes ahead that one can choose.
SPANS = (15, 30, 60, 120)
# Contacts of a delegation that pass on a message; its press office and its security don't.
ROLES = (ContactRole.PRIVATE_OFFICE, ContactRole.CHIEF_OF_PROTOCOL, ContactRole.DUTY_OFFICER)
PERSON = "person"


@dataclass
class CallRow:
    """A row as the page shows it: what has changed, whom to call, and what the form posts."""

    waiting: Waiting
    stories: list[Story]
    numbers: list[tuple[str, PhoneNumber]]
    news: str


class UnreachedMixin:
    """Adds the list of who isn't reached to the admin of draft sessions."""

    admin_site: Any
    opts: Any

    @model_page("unreached/<slug:slug>/", "unreached", do="agenda.run_day")
    def unreached_view(self, request: HttpRequest, summit: Summit) -> HttpResponse:
        """Show who isn't reached, with the numbers to call. On POST, record that somebody was told by telephone."""
        minutes = key_of(request.GET.get("minutes", "")) or AHEAD
        minutes = minutes if minutes in SPANS else AHEAD
        url = reverse("admin:agenda_session_unreached", args=[summit.slug])
        if request.method == "POST":
            _record_told(request, summit)
            return redirect(posted_return_path(request) or f"{url}?minutes={minutes}")
        now, user = db_now(), user_of(request)
        found = unreached.unreached(summit=summit, now=now, minutes=minutes)
        names = party_names.on_page(summit)
        rows = _call_rows(found, summit, now)
        _log(user, summit, rows)
        number = len(rows)
        title = ngettext("%(n)d delegation not yet reached", "%(n)d delegations not yet reached", number) % {
            "n": number
        }
        context = {
            **self.admin_site.each_context(request),
            **names,
            "opts": self.opts,
            "title": title if number else _all_reached(minutes),
            "summit": summit,
            "rows": rows,
            "spans": [(span, _within(span), f"{url}?minutes={span}", span == minutes) for span in SPANS],
            "version": unreached.version(summit, now),
            "version_url": reverse("admin:agenda_session_unreached_version", args=[summit.slug]),
        }
        return TemplateResponse(request, "admin/agenda/presence/unreached.html", context)

    @model_page("unreached/<slug:slug>/version/", "unreached_version", "GET", do="agenda.run_day")
    def unreached_version_view(self, request: HttpRequest, summit: Summit) -> HttpResponseBase:
        """Return the version of the list, which open pages ask for every few seconds."""
        return version_response(request, unreached.version(summit, db_now()))


def _all_reached(minutes: int) -> str:
    words = ngettext(
        "Everyone due within %(n)d minute has been reached",
        "Everyone due within %(n)d minutes has been reached",
        minutes,
    )
    return words % {"n": minutes}


def _within(minutes: int) -> str:
    return ngettext("within %(n)d minute", "within %(n)d minutes", minutes) % {"n": minutes}


def _call_rows(found: list[Waiting], summit: Summit, now: datetime) -> list[CallRow]:
    """Return the rows of the page. Makes three queries."""
    parties = [row.party for row in found if row.party is not None]
    numbers = phone_numbers.of_parties(parties, officers=parties, focal_points=parties, contacts=parties, roles=ROLES)
    return [
        CallRow(
            row,
            [_told(news.change, summit, now) for news in row.news],
            [(_role(number), number) for number in (numbers[row.party.pk] if row.party else _own_number(row))],
            " ".join(f"{session}:{release}" for session, release in (news.key for news in row.news)),
        )
        for row in found
    ]


def _own_number(row: Waiting) -> list[PhoneNumber]:
    return [PhoneNumber(PERSON, each.label, each.phone, each.public_id) for each in row.people if each.phone]


def _role(number: PhoneNumber) -> str:
    """Return what somebody is to a delegation."""
    if number.role in ContactRole.values:
        return capfirst(str(ContactRole(number.role).label))
    words = {
        phone_numbers.LIAISON_OFFICER: _("liaison officer"),
        phone_numbers.FOCAL_POINT: _("focal point"),
        phone_numbers.MISSION: _("mission"),
        PERSON: _("telephone"),
    }
    return capfirst(words[number.role])


def _told(change: SessionChange, summit: Summit, now: datetime) -> Story:
    """Return a change in words, as short as on the telephone: the day only if it isn't today."""
    found = story(SessionChange(change.nature, None, change.session), summit, desk=True)
    before, after = change.before, change.after
    state = _("no longer in their agenda") if change.nature == Nature.GONE else found.state
    lines = []
    if before is not None and after is not None:
        values = {
            What.MOVED: tuple(_when(each, summit, now) for each in (before, after)),
            What.ROOM: tuple(each.where or _("none") for each in (before, after)),
        }
        lines = [
            ChangedLine(str(PARTS[what]), old, new, what == What.ROOM, what == What.ROOM)
            for what, (old, new) in values.items()
            if old != new
        ]
    return replace(found, state=state, when=_when(change.session, summit, now), lines=tuple(lines))


def _when(session: Snapshot, summit: Summit, now: datetime) -> str:
    start, end = (moment.astimezone(summit.zone) for moment in (session.starts_at, session.ends_at))
    times = f"{clock(start)}{until()}{clock(end)}"
    if start.date() == now.astimezone(summit.zone).date():
        return times
    return f"{short_day(start)}{comma()}{times}"


def _log(user: User, summit: Summit, rows: list[CallRow]) -> None:
    """Record that the user saw the numbers of delegations and people."""
    shown = [row for row in rows if any(number.role != phone_numbers.MISSION for _role, number in row.numbers)]
    of_parties = [(summit.pk, audit.key_of(row.waiting.party)) for row in shown if row.waiting.party]
    alone = [(summit.pk, row.waiting.people[0].public_id) for row in shown if row.waiting.party is None]
    people = {number.person for row in shown for _role, number in row.numbers if row.waiting.party and number.person}
    fields = ("contacts", "focal_points", "liaison_officers")
    access_log.record_list(by=user, label="delegations.party", rows=of_parties, fields=fields, people=people)
    access_log.record_list(by=user, label="summit.person", rows=alone, fields=("phone",))


def _record_told(request: HttpRequest, summit: Summit) -> None:
    """Record that the delegation or person of the form was told."""
    kind, _sep, key = request.POST.get("to", "").partition(":")
    models: dict[str, type[Party] | type[Person]] = {"party": Party, PERSON: Person}
    model = models.get(kind)
    to = model._default_manager.filter(summit=summit, pk=key_of(key) or 0).first() if model else None
    pairs = [pair.partition(":") for pair in request.POST.get("news", "").split()]
    news = [(key_of(session) or 0, key_of(release) or 0) for session, _colon, release in pairs]
    if not isinstance(to, Party | Person) or not news:
        messages.warning(request, gone_message())
        return
    name = party_names.to_reader(to).name if isinstance(to, Party) else to.label
    with undo.grouped() as act:
        try:
            telephone.record_told(summit=summit, to=to, news=news, by=user_of(request))
        except PresenceRefused as refused:
            messages.warning(request, str(refused))
        else:
            add_undoable(request, _("%(name)s told by telephone.") % {"name": name}, act)
