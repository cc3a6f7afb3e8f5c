"""Ask for a bilateral meeting, answer it, screen, approve and place it.

`sessions.bilaterals.models.TRANSITIONS` says who takes which step when. Each step takes the lock of the agenda, so
that of two contrary steps one wins and the other is refused.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.parties.models.parties import Party
from delegations.parties.selectors import party_names
from sessions.bilaterals import messages
from sessions.bilaterals.messages import BILATERAL, BilateralNews, to_counterpart, to_party
from sessions.bilaterals.models import (
    OPEN,
    TRANSITIONS,
    Bilateral,
    BilateralPolicy,
    BilateralState,
    Side,
    UnavailableTime,
)
from sessions.bilaterals.permissions import check_can_ask, check_can_decide
from sessions.bilaterals.selectors import attending
from sessions.draft.models.kinds import SessionKind
from sessions.draft.models.sessions import Interpretation, MediaAccess, Session, SessionText
from sessions.draft.services import planning
from sessions.draft.services.agenda_lock import lock
from sessions.visibility.models import Visibility
from summit.audit import services as audit
from summit.audit.actions import AuditAction, audit_action
from summit.audit.services import By
from summit.core.database_clock import db_now
from summit.core.languages import is_language_code
from summit.summits.models import Room, Summit
from summit.users.models import User

ASK = audit_action("agenda.bilateral.ask", gettext_lazy("asked for a bilateral meeting"))
SCREEN = audit_action("agenda.bilateral.screen", gettext_lazy("changed the screening of bilateral meetings"))
# The action that each step of TRANSITIONS records.
STEPS: dict[str, AuditAction] = {
    "forward": audit_action("agenda.bilateral.forward", gettext_lazy("forwarded the request to the delegation")),
    "accept": audit_action("agenda.bilateral.accept", gettext_lazy("accepted the bilateral meeting")),
    "propose": audit_action("agenda.bilateral.propose", gettext_lazy("proposed another time for the meeting")),
    "agree": audit_action("agenda.bilateral.agree", gettext_lazy("agreed to the proposed time of the meeting")),
    "decline": audit_action("agenda.bilateral.decline", gettext_lazy("declined the bilateral meeting")),
    "withdraw": audit_action("agenda.bilateral.withdraw", gettext_lazy("withdrew the request for a meeting")),
    "approve": audit_action("agenda.bilateral.approve", gettext_lazy("approved the bilateral meeting")),
    "refuse": audit_action("agenda.bilateral.refuse", gettext_lazy("did not approve the bilateral meeting")),
    "place": audit_action("agenda.bilateral.place", gettext_lazy("scheduled the bilateral meeting")),
}
# A time at which a side can't meet, as aware datetimes.
Span = tuple[datetime, datetime]


class BilateralRefused(ValueError):
    """Raised if a meeting can't be asked for, or a step can't be taken. The message says why and what to do."""


def screens(summit: Summit) -> bool:
    """Return whether the programme desk screens the summit's requests before they are forwarded. Makes one query."""
    return BilateralPolicy.objects.filter(summit=summit, screening=True).exists()


def set_screening(*, summit: Summit, screening: bool, by: User) -> None:
    """Begin or end the screening of new requests. Those that wait already stay with the desk.

    Raises PermissionDenied.
    """
    check_can_decide(by, summit)
    with transaction.atomic():
        lock(summit)
        row, _created = BilateralPolicy.objects.get_or_create(summit=summit)
        if row.screening != screening:
            row.screening = screening
            row.save(update_fields=["screening"])
            audit.record(by=by, action=SCREEN, target=row, summit=summit, fields=["screening"])


def ask(
    *,
    party: Party,
    counterpart: Party,
    purpose: str,
    by: By,
    minutes: int,
    level: str,
    language: str = "",
    spray: bool = False,
    unavailable: Sequence[Span] = (),
) -> Bilateral:
    """Ask for a party's meeting with another party, which is told unless the desk screens the request first.

    `level` is an `Attendance`, `language` the code of the language into which the party needs an interpreter, and
    `unavailable` when it can't meet. Raises PermissionDenied, ValidationError for a value that can't be accepted, and
    BilateralRefused if one of the parties doesn't attend or a request is open already.
    """
    check_can_ask(by, party)
    _check_language(language)
    with transaction.atomic():
        summit = party.summit
        lock(summit)
        row = Bilateral(
            party=party,
            counterpart=counterpart,
            purpose=purpose.strip(),
            minutes=minutes,
            level=level,
            language=language,
            spray_by_party=spray,
        )
        if screens(summit):
            row.state = BilateralState.SCREENING
        else:
            row.forwarded_at = db_now()
        row.full_clean(exclude=["party", "counterpart", "session"], validate_constraints=False)
        _check_new(row)
        row.save(force_insert=True)
        _store_unavailable(row, party, unavailable)
        audit.record(by=by, action=ASK, target=row, summit=summit)
        if row.state == BilateralState.ASKED:
            BILATERAL.send(to_counterpart(row, messages.ASKED))
    return row


def _check_new(row: Bilateral) -> None:
    """Raise BilateralRefused if a party can't ask for this meeting now."""
    facts = {"contact": row.party.summit.contact_email}
    if row.party_id == row.counterpart_id:
        raise BilateralRefused(_("Choose another delegation than your own."))
    present = set(
        attending(row.party.summit).filter(pk__in=[row.party_id, row.counterpart_id]).values_list("pk", flat=True)
    )
    if row.party_id not in present:
        raise BilateralRefused(
            _("Accept the invitation before you ask for meetings. For help, contact the programme desk: %(contact)s.")
            % facts
        )
    if row.counterpart_id not in present:
        raise BilateralRefused(_("This delegation does not take part. Choose another delegation."))
    requests = Bilateral.objects.filter(state__in=OPEN)
    if requests.filter(party=row.party, counterpart=row.counterpart).exists():
        raise BilateralRefused(
            _(
                "Your delegation has already asked this delegation for a meeting. Withdraw that request to make "
                "another."
            )
        )
    # A request that is still being screened is nothing that the party may know of.
    if requests.visible_to(row.party).filter(party=row.counterpart).exists():
        raise BilateralRefused(_("This delegation has already asked you for a meeting. Answer its request instead."))


def forward(*, bilateral: Bilateral, by: User) -> Bilateral:
    """Forward a screened request to the delegation that is asked, and tell it. Return the row as it is then.

    Raises PermissionDenied and BilateralRefused, as all steps do.
    """
    return _take("forward", bilateral, by, [to_counterpart(bilateral, messages.ASKED)], forwarded_at=Now())


def accept(
    *, bilateral: Bilateral, by: By, language: str = "", spray: bool = False, unavailable: Sequence[Span] = ()
) -> Bilateral:
    """Accept a meeting for the delegation that was asked, and tell the other one.

    `language` is the language into which it needs an interpreter, `spray` whether it agrees to a media spray, and
    `unavailable` when it can't meet. Raises ValidationError besides the usual.
    """
    _check_language(language)
    values = {"counterpart_language": language, "spray_by_counterpart": spray}
    with transaction.atomic():
        row = _take("accept", bilateral, by, [to_party(bilateral, messages.ACCEPTED)], **values)
        _store_unavailable(row, row.counterpart, unavailable)
    return row


def propose(
    *,
    bilateral: Bilateral,
    starts_at: datetime,
    by: By,
    language: str = "",
    spray: bool = False,
) -> Bilateral:
    """Propose a time for a meeting, for the delegation that was asked, and tell the other one.

    Raises ValidationError for a time in the past besides the usual.
    """
    _check_language(language)
    if starts_at <= db_now():
        raise ValidationError({"starts_at": _("Enter a time that is still to come.")})
    values = {"proposed_at": starts_at, "counterpart_language": language, "spray_by_counterpart": spray}
    return _take("propose", bilateral, by, [to_party(bilateral, messages.PROPOSED)], **values)


def agree(*, bilateral: Bilateral, by: By) -> Bilateral:
    """Agree to the proposed time, for the delegation that asked, and tell the other one."""
    return _take("agree", bilateral, by, [to_counterpart(bilateral, messages.ACCEPTED)])


def decline(*, bilateral: Bilateral, by: By) -> Bilateral:
    """Decline a meeting for the delegation that was asked, and tell the other one. No reason is asked."""
    return _take("decline", bilateral, by, [to_party(bilateral, messages.DECLINED)])


def withdraw(*, bilateral: Bilateral, by: By) -> Bilateral:
    """Withdraw a request for the delegation that made it, and tell the other one if it has received it."""
    return _take("withdraw", bilateral, by, [to_counterpart(bilateral, messages.WITHDRAWN)])


def approve(*, bilateral: Bilateral, by: User) -> Bilateral:
    """Approve an accepted meeting, which then waits to be placed, and tell both sides."""
    return _take("approve", bilateral, by, _both(bilateral, messages.APPROVED))


def refuse(*, bilateral: Bilateral, reason: str, by: User) -> Bilateral:
    """Refuse a meeting with a reason, and tell each side that knows of it.

    Raises BilateralRefused without a reason.
    """
    stripped = reason.strip()
    if not stripped:
        raise BilateralRefused(_("Enter a reason. The delegation will see it."))
    Bilateral(reason=stripped).clean_fields(exclude={field.name for field in Bilateral._meta.fields} - {"reason"})
    return _take("refuse", bilateral, by, _both(bilateral, messages.REFUSED), reason=stripped)


def place(*, bilateral: Bilateral, starts_at: datetime, room: Room | None, by: User, spray: bool = True) -> Bilateral:
    """Place a meeting: create its session in the draft, with both delegations at their level. Return the row.

    Participants alone may see the session. With `spray`, pooled media are let in if both sides have agreed. Who
    wasn't told yet that the meeting is approved is told so; the time and the room come with the release. Raises
    ValidationError besides the usual.
    """
    check_can_decide(by, bilateral.party.summit)
    with transaction.atomic():
        summit = bilateral.party.summit
        lock(summit)
        row = _reloaded(bilateral)
        check_step("place", row)
        sprayed = spray and row.sprayable
        session = _create_session(row, starts_at=starts_at, room=room, spray=sprayed, by=by)
        return _take("place", row, by, _both(row, messages.APPROVED), session=session, spray=sprayed)


def _create_session(row: Bilateral, *, starts_at: datetime, room: Room | None, spray: bool, by: User) -> Session:
    summit, parties = row.party.summit, [row.party, row.counterpart]
    titles = _titles(parties, summit)
    session = planning.add(
        by=by,
        summit=summit,
        values={
            "kind": SessionKind.BILATERAL,
            "title": titles.pop(summit.language),
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(minutes=row.minutes),
            "room": room,
            "visibility": Visibility.PARTICIPANTS,
            "media": MediaAccess.POOLED if spray else MediaAccess.CLOSED,
        },
    )
    planning.add_parties(session=session, parties=parties, level=row.level, by=by)
    for language, title in titles.items():
        planning.add_row(by=by, row=SessionText(session=session, language=language), values={"title": title})
    # A side without an interpreter speaks the summit's language.
    spoken = (row.language or summit.language, row.counterpart_language or summit.language)
    if spoken[0] != spoken[1]:
        for source, target in (spoken, spoken[::-1]):
            planning.add_row(by=by, row=Interpretation(session=session), values={"source": source, "target": target})
    return session


def _titles(parties: Sequence[Party], summit: Summit) -> dict[str, str]:
    """Return the title by language: in the summit's, and in each other one in which both parties have a name."""
    rows = Party.objects.filter(pk__in=[party.pk for party in parties])
    found = {}
    for language in (summit.language, *settings.INTERFACE_LANGUAGES):
        named = party_names.book(summit, language, parties=rows)
        names = [named.by_key[party.pk] for party in parties]
        if all(name.language == language for name in names):
            found[language] = " – ".join(name.name for name in names)[:200]
    return found


def _both(row: Bilateral, what: str) -> list[BilateralNews]:
    return [to_party(row, what), to_counterpart(row, what)]


def _check_language(code: str) -> None:
    if code and not is_language_code(code):
        raise ValidationError({"language": _("Enter the code of a spoken language.")})


def _store_unavailable(row: Bilateral, party: Party, spans: Iterable[Span]) -> None:
    rows = [
        UnavailableTime(bilateral=row, party=party, starts_at=starts_at, ends_at=ends_at)
        for starts_at, ends_at in spans
    ]
    for each in rows:
        if each.ends_at <= each.starts_at:
            raise ValidationError({"unavailable": _("Enter an end after the start.")})
    UnavailableTime.objects.bulk_create(rows)


def _reloaded(bilateral: Bilateral) -> Bilateral:
    return Bilateral.objects.select_related("party__summit", "counterpart__summit").get(pk=bilateral.pk)


def check_step(step: str, row: Bilateral) -> None:
    """Raise BilateralRefused if a step of TRANSITIONS can't be taken in the request's state."""
    if not row.can(step):
        message = _("This request is now “%(state)s”. Reload the page to see what is possible.")
        raise BilateralRefused(message % {"state": row.get_state_display()})


def _check_side(step: str, row: Bilateral, by: By) -> None:
    """Raise PermissionDenied unless `by` may take this step."""
    side = TRANSITIONS[step].side
    if side == Side.DESK:
        assert isinstance(by, User)  # noqa: S101 - only accounts decide
        check_can_decide(by, row.party.summit)
    else:
        check_can_ask(by, row.party if side == Side.PARTY else row.counterpart)


def _take(step: str, bilateral: Bilateral, by: By, told: Sequence[BilateralNews], **values: Any) -> Bilateral:
    """Take a step of TRANSITIONS with further `values`, tell those who know of the request, and return the row."""
    _check_side(step, bilateral, by)
    with transaction.atomic():
        lock(bilateral.party.summit)
        row = _reloaded(bilateral)
        check_step(step, row)
        values = {"state": TRANSITIONS[step].target, "changed_at": Now(), **values}
        Bilateral.objects.filter(pk=row.pk).update(**values)
        row = _reloaded(row)
        audit.record(by=by, action=STEPS[step], target=row, summit=row.party.summit, fields=sorted(values))
        known = [news for news in told if news.party.pk == row.party_id or row.forwarded_at is not None]
        BILATERAL.send(*(BilateralNews(news.what, row, news.party, news.other) for news in known))
    return row
