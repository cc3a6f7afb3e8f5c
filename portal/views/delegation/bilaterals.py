"""The pages of a delegation's bilateral meetings: ask for one, answer, and see what became of each.

A delegation sees what it asked, and what it is asked once that has been forwarded. Time and room are those of the
released agenda.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from delegations.members.forms import MomentField
from delegations.parties.models.parties import Party
from delegations.parties.selectors import party_names
from portal.delegation_access import DelegationDesk, delegation_page, saved
from sessions.agenda.models.releases import ReleasedSession, ReleaseEntry
from sessions.agenda.selectors.change_descriptions import minutes as minutes_label
from sessions.agenda.selectors.change_descriptions import span
from sessions.bilaterals import services
from sessions.bilaterals.models import TRANSITIONS, Bilateral, BilateralState, Side
from sessions.bilaterals.permissions import ASK
from sessions.bilaterals.selectors import attending
from sessions.bilaterals.services import BilateralRefused, Span
from sessions.draft.models.participants import Attendance
from sessions.visibility.viewers import Members
from summit.admin_base.widgets import name_parts
from summit.core.database_clock import db_now
from summit.core.date_formats import brief_day
from summit.core.languages import UNITED_NATIONS, language_choices, language_name
from summit.summits.models import Summit

# The lengths that the form offers, in minutes.
LENGTHS = (15, 20, 30, 45, 60)
SIGNS = {
    BilateralState.SCREENING: "wait",
    BilateralState.ASKED: "wait",
    BilateralState.PROPOSED: "wait",
    BilateralState.ACCEPTED: "good",
    BilateralState.APPROVED: "good",
    BilateralState.PLACED: "good",
    BilateralState.DECLINED: "bad",
    BilateralState.WITHDRAWN: "off",
    BilateralState.REFUSED: "bad",
}
# What comes next, whichever side one is on; or by whether the delegation itself has asked.
NEXT: dict[str, Any] = {
    BilateralState.ACCEPTED: gettext_lazy("The programme desk approves it next."),
    BilateralState.APPROVED: gettext_lazy("The programme desk sets the time and room."),
    BilateralState.PLACED: gettext_lazy("The next agenda release says the time and room."),
}
NEXT_BY_SIDE: dict[tuple[str, bool], Any] = {
    (BilateralState.SCREENING, True): gettext_lazy("The programme desk reads the request before it forwards it."),
    (BilateralState.ASKED, True): gettext_lazy("The other delegation answers next."),
    (BilateralState.ASKED, False): gettext_lazy("Accept, decline or propose another time."),
    (BilateralState.PROPOSED, True): gettext_lazy("Agree to the time, or withdraw the request."),
    (BilateralState.PROPOSED, False): gettext_lazy("The other delegation agrees to the time or withdraws."),
}
# The parts of a day at which a delegation can't meet: its key, its label, and from which hour until which.
PARTS = (
    ("am", gettext_lazy("%(day)s until 12:00"), 0, 12),
    ("pm", gettext_lazy("%(day)s from 12:00 to 18:00"), 12, 18),
    ("eve", gettext_lazy("%(day)s from 18:00"), 18, 24),
)


@dataclass(frozen=True)
class Meeting:
    """A request as one delegation reads it. `ours` says whether it has asked itself, `other` names the other one.

    `released` is the session in the released agenda, or None.
    """

    row: Bilateral
    ours: bool
    other: party_names.NamedParty
    released: ReleasedSession | None
    interpreters: str
    proposed: str

    @property
    def to_answer(self) -> bool:
        """Whether the delegation has to answer next."""
        return self.row.state == (BilateralState.PROPOSED if self.ours else BilateralState.ASKED)

    @property
    def sign(self) -> str:
        """The sign of the state."""
        return "warn" if self.to_answer else SIGNS[BilateralState(self.row.state)]

    @property
    def word(self) -> str:
        """The state in words."""
        return _("to answer") if self.to_answer else str(self.row.get_state_display())

    @property
    def following(self) -> str:
        """What comes next, in words, or "" if nothing does."""
        state = self.row.state
        return "" if self.released else str(NEXT.get(state) or NEXT_BY_SIDE.get((state, self.ours), ""))

    @property
    def length(self) -> str:
        """The length in words."""
        return minutes_label(self.row.minutes)

    def _may(self, step: str, ours: bool) -> bool:
        return self.ours == ours and self.row.can(step)

    @property
    def may_accept(self) -> bool:
        """Whether the delegation can accept, or propose another time."""
        return self._may("accept", False)

    @property
    def may_agree(self) -> bool:
        """Whether the delegation can agree to the proposed time."""
        return self._may("agree", True)

    @property
    def may_decline(self) -> bool:
        """Whether the delegation can decline."""
        return self._may("decline", False)

    @property
    def may_withdraw(self) -> bool:
        """Whether the delegation can withdraw its request."""
        return self._may("withdraw", True)


def _parts_of_days(summit: Summit) -> dict[str, tuple[str, Span]]:
    """Return the parts of the summit's days that are still to come: the label and the span by the key."""
    found: dict[str, tuple[str, Span]] = {}
    day, now = summit.starts_on, db_now()
    while day <= summit.ends_on:
        for key, label, first, last in PARTS:
            starts_at, ends_at = _at(day, first, summit), _at(day, last, summit)
            if ends_at > now:
                found[f"{day.isoformat()}-{key}"] = (str(label) % {"day": brief_day(day)}, (starts_at, ends_at))
        day += timedelta(days=1)
    return found


def _at(day: date, hour: int, summit: Summit) -> datetime:
    whole, rest = divmod(hour, 24)
    return datetime.combine(day + timedelta(days=whole), time(rest), summit.zone).astimezone(UTC)


class NeedsForm(forms.Form):
    """What a delegation needs when it meets: an interpreter, and whether it agrees to a media spray."""

    language = forms.ChoiceField(label=gettext_lazy("Interpreter for"), required=False)
    spray = forms.BooleanField(
        label=gettext_lazy("We agree to a media spray"),
        help_text=gettext_lazy("Photographers and cameras are let in at the beginning, if both delegations agree."),
        required=False,
    )

    def __init__(self, *args: Any, summit: Summit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.summit = summit
        languages = language_choices()
        official, others = languages[: len(UNITED_NATIONS)], languages[len(UNITED_NATIONS) :]
        field: Any = self.fields["language"]
        field.choices = [
            ("", _("No interpreter")),
            (_("Official languages of the United Nations"), official),
            (_("Other languages"), others),
        ]
        field.depends = True


class AcceptForm(NeedsForm):
    """The answer of a delegation that accepts, and when it can't meet."""

    unavailable = forms.MultipleChoiceField(
        label=gettext_lazy("When you can’t meet"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parts = _parts_of_days(self.summit)
        field: Any = self.fields["unavailable"]
        field.choices = [(key, label) for key, (label, _span) in self.parts.items()]
        field.help_text = _("Tick nothing if any time suits you. Times are %(place)s time.") % {
            "place": self.summit.said_place
        }
        field.depends = True
        if not self.parts:
            del self.fields["unavailable"]

    def values(self) -> dict[str, Any]:
        """Return the entered values as arguments of the services."""
        chosen = self.cleaned_data.get("unavailable", [])
        return {**self.cleaned_data, "unavailable": [self.parts[key][1] for key in chosen]}


class ProposeForm(NeedsForm):
    """The time that a delegation proposes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        starts_at = MomentField(
            zone=self.summit.zone,
            label=_("Start (%(place)s time)") % {"place": self.summit.said_place},
            error_messages={"required": _("Enter the date and time."), "invalid": _("Enter the date and time.")},
        )
        self.fields["starts_at"] = starts_at
        name_parts(starts_at)
        self.order_fields(["starts_at", "language", "spray"])

    def values(self) -> dict[str, Any]:
        """Return the entered values as arguments of the service."""
        return self.cleaned_data


# The form of each step that asks something.
ANSWERS: dict[str, type[AcceptForm | ProposeForm]] = {"accept": AcceptForm, "propose": ProposeForm}


class AskForm(AcceptForm):
    """A request: whom to meet, why, how long, and with how many people on each side."""

    counterpart = forms.ChoiceField(
        label=gettext_lazy("Meeting with"),
        error_messages={
            "required": gettext_lazy("Choose a delegation."),
            "invalid_choice": gettext_lazy("This delegation does not take part. Choose another delegation."),
        },
    )
    purpose = forms.CharField(
        label=pgettext_lazy("meeting", "Purpose"),
        max_length=Bilateral._meta.get_field("purpose").max_length,
        error_messages={"required": gettext_lazy("Enter the purpose.")},
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    minutes = forms.TypedChoiceField(
        label=pgettext_lazy("meeting", "Length"), coerce=int, initial=30, widget=forms.RadioSelect
    )
    level = forms.ChoiceField(
        label=gettext_lazy("On each side"),
        choices=Attendance.choices,
        initial=Attendance.HEAD_2,
        widget=forms.RadioSelect,
    )
    field_order = ("counterpart", "purpose", "minutes", "level", "language", "spray", "unavailable")

    def __init__(self, parties: Sequence[Party], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = party_names.choice_labels(parties)
        self.by_key = {party.public_id: party for party in parties}
        choices = [(key, names[party.pk]) for key, party in self.by_key.items()]
        self.fields["counterpart"].choices = [("", _("Choose a delegation")), *choices]  # type: ignore[attr-defined]
        self.fields["spray"].label = _("Ask for a media spray")
        lengths = [(number, minutes_label(number)) for number in LENGTHS]
        self.fields["minutes"].choices = lengths  # type: ignore[attr-defined]
        self.order_fields(self.field_order)

    def values(self) -> dict[str, Any]:
        """Return the entered values as arguments of the service."""
        found = super().values()
        return {**found, "counterpart": self.by_key[found["counterpart"]]}


@delegation_page(ASK)
def bilaterals(request: HttpRequest, delegation: DelegationDesk) -> HttpResponse:
    """Show the delegation's meetings: those that it was asked for, and those that it asked for."""
    meetings = _meetings(delegation)
    context = delegation.context(
        received=[each for each in meetings if not each.ours],
        sent=[each for each in meetings if each.ours],
        may_ask=_may_ask(delegation),
    )
    return render(request, "portal/delegation/bilaterals.html", context)


def _may_ask(delegation: DelegationDesk) -> bool:
    return attending(delegation.summit).filter(pk=delegation.party.pk).exists()


def _meetings(delegation: DelegationDesk) -> list[Meeting]:
    """Return the delegation's meetings, those to answer first, then the newest.

    Makes a constant number of queries.
    """
    summit, party = delegation.summit, delegation.party
    rows = list(Bilateral.objects.visible_to(party).select_related("session").order_by("-asked_at", "-pk"))
    names = party_names.to_readers(key for row in rows for key in (row.party_id, row.counterpart_id))
    members = Members(frozenset([party.pk]), frozenset())
    entries = ReleaseEntry.objects.current(summit).of_members(members)
    sessions = [row.session_id for row in rows if row.session_id]
    released = {
        entry.session_id: entry.released_session
        for entry in entries.filter(session__in=sessions).select_related("released_session")
    }
    found = []
    for row in rows:
        ours = row.party_id == party.pk
        codes = [code for code in (row.language, row.counterpart_language) if code]
        starts_at = row.proposed_at
        found.append(
            Meeting(
                row=row,
                ours=ours,
                other=names[row.counterpart_id if ours else row.party_id],
                released=released.get(row.session_id or 0),
                interpreters=", ".join(language_name(code) for code in codes),
                proposed=span(starts_at, starts_at + timedelta(minutes=row.minutes), summit) if starts_at else "",
            )
        )
    return sorted(found, key=lambda each: not each.to_answer)


@delegation_page(ASK, "GET POST")
def ask(request: HttpRequest, delegation: DelegationDesk) -> HttpResponse:
    """Show the form that asks for a meeting. A POST asks for it.

    A delegation that hasn't accepted the invitation isn't shown which others have.
    """
    others = attending(delegation.summit).exclude(pk=delegation.party.pk).select_related("summit")
    may_ask = _may_ask(delegation)
    parties = list(party_names.in_order(others, get_language() or "")) if may_ask else []
    form = AskForm(parties, _posted(request), summit=delegation.summit)
    if request.method == "POST" and form.is_valid():
        values = form.values()
        try:
            row = services.ask(party=delegation.party, by=delegation.by, **values)
        except (BilateralRefused, ValidationError) as refused:
            _add_error(form, refused, "counterpart")
        else:
            message = (
                _("Request sent to the programme desk, which forwards it.")
                if row.state == BilateralState.SCREENING
                else _("Request sent. You are notified of the answer.")
            )
            return saved(request, message, "bilaterals", delegation.party.public_id)
    context = delegation.context(form=form, may_ask=may_ask, back=_back(delegation))
    return render(request, "portal/delegation/bilaterals/ask.html", context, status=_status(request))


@delegation_page(ASK, "GET POST", row="agenda.bilateral")
def accept(request: HttpRequest, delegation: DelegationDesk, bilateral: str) -> HttpResponse:
    """Ask what the delegation needs. A POST accepts the meeting."""
    done = _("Meeting accepted. The programme desk approves it next.")
    return _answer(request, delegation, bilateral, "accept", done)


@delegation_page(ASK, "GET POST", row="agenda.bilateral")
def propose(request: HttpRequest, delegation: DelegationDesk, bilateral: str) -> HttpResponse:
    """Ask for another time. A POST proposes it."""
    done = _("Time proposed. The other delegation is notified.")
    return _answer(request, delegation, bilateral, "propose", done)


@delegation_page(ASK, "POST", row="agenda.bilateral")
def decline(request: HttpRequest, delegation: DelegationDesk, bilateral: str) -> HttpResponse:
    """Decline a meeting (POST)."""
    return _step(request, delegation, bilateral, "decline", _("Meeting declined."))


@delegation_page(ASK, "POST", row="agenda.bilateral")
def agree(request: HttpRequest, delegation: DelegationDesk, bilateral: str) -> HttpResponse:
    """Agree to the proposed time (POST)."""
    done = _("Time agreed. The programme desk approves the meeting next.")
    return _step(request, delegation, bilateral, "agree", done)


@delegation_page(ASK, "POST", row="agenda.bilateral")
def withdraw(request: HttpRequest, delegation: DelegationDesk, bilateral: str) -> HttpResponse:
    """Withdraw a request (POST)."""
    return _step(request, delegation, bilateral, "withdraw", _("Request withdrawn."))


def _row(delegation: DelegationDesk, public_id: str) -> Bilateral:
    """Return a request of which the delegation may know. Raises Http404 if there is none."""
    rows = Bilateral.objects.visible_to(delegation.party).select_related("party__summit", "counterpart__summit")
    row = rows.filter(public_id=public_id).first()
    if row is None:
        raise Http404
    return row


def _check_step(delegation: DelegationDesk, row: Bilateral, step: str) -> None:
    """Raise BilateralRefused if the step is the other delegation's, or can't be taken now."""
    if (row.party_id == delegation.party.pk) != (TRANSITIONS[step].side == Side.PARTY):
        raise BilateralRefused(_("Only the other delegation can do this."))
    services.check_step(step, row)


def _step(request: HttpRequest, delegation: DelegationDesk, public_id: str, step: str, done: str) -> HttpResponse:
    """Take a step that asks nothing, or say why it can't be taken."""
    row = _row(delegation, public_id)
    try:
        _check_step(delegation, row, step)
        getattr(services, step)(bilateral=row, by=delegation.by)
    except BilateralRefused as refused:
        return _refused(request, delegation, refused)
    return saved(request, done, "bilaterals", delegation.party.public_id)


def _answer(request: HttpRequest, delegation: DelegationDesk, public_id: str, step: str, done: str) -> HttpResponse:
    """Show the form of a step. A POST takes the step."""
    row = _row(delegation, public_id)
    form = ANSWERS[step](_posted(request), summit=delegation.summit)
    if not row.spray_by_party:
        del form.fields["spray"]
    try:
        _check_step(delegation, row, step)
        if request.method == "POST" and form.is_valid():
            getattr(services, step)(bilateral=row, by=delegation.by, **form.values())
            return saved(request, done, "bilaterals", delegation.party.public_id)
    except BilateralRefused as refused:
        return _refused(request, delegation, refused)
    except ValidationError as refused:
        _add_error(form, refused, next(iter(form.fields)))
    context = delegation.context(
        row=row,
        other=party_names.to_reader(row.party),
        length=minutes_label(row.minutes),
        step=step,
        form=form,
        back=_back(delegation),
    )
    return render(request, "portal/delegation/bilaterals/answer.html", context, status=_status(request))


def _refused(request: HttpRequest, delegation: DelegationDesk, refused: BilateralRefused) -> HttpResponse:
    context = delegation.context(said=str(refused), back=_back(delegation))
    return render(request, "portal/delegation/action_refused.html", context, status=409)


def _add_error(form: forms.Form, refused: Exception, field: str) -> None:
    """Add what a service has refused to the form, at the field that it names or at `field`."""
    if isinstance(refused, ValidationError):
        named = next(iter(refused.message_dict), field) if hasattr(refused, "error_dict") else field
        form.add_error(named if named in form.fields else field, refused.messages[0])
    else:
        form.add_error(field, str(refused))


def _back(delegation: DelegationDesk) -> str:
    return reverse("portal:bilaterals", args=[delegation.party.public_id])


def _status(request: HttpRequest) -> int:
    return 422 if request.method == "POST" else 200


def _posted(request: HttpRequest) -> Any:
    """Return what a POST sends, even if that is nothing, or None for another request."""
    return request.POST if request.method == "POST" else None
