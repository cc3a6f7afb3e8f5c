"""Free texts in `delegations` that name a person, for erasure and for the copy of the data that the person gets."""

from typing import Any

from django.db.models import Case, F, Q, QuerySet, TextField, Value, When
from django.utils.translation import gettext_lazy as _

from delegations.contacts.models import Contact
from delegations.focal_points.models import FocalPointRequest
from delegations.invitations.models.invitations import Invitation, Reply, ReplyScan
from delegations.invitations.models.letters import CallNote
from delegations.participants.models import ParticipantList
from delegations.participants.services import revisions
from delegations.parties.models.parties import Party
from summit.privacy.registry import Portion, Subject, erased_name, portion
from summit.quarantine.selectors import content_of


def _requests(subject: Subject) -> QuerySet[FocalPointRequest]:
    """Return the requests for a focal point that name the person in a text, ask for the person, or ask to replace
    them."""
    rows = FocalPointRequest.objects.filter(party__summit=subject.summit)
    mentioned = subject.mentioned("name", "email", "asked_by", "answer_to", "reason")
    return rows.filter(mentioned | Q(person=subject.person) | Q(instead_of=subject.person)).order_by("pk")


def _replies(subject: Subject) -> QuerySet[Reply]:
    rows = Reply.objects.filter(invitation__party__summit=subject.summit)
    return rows.filter(subject.mentioned("name", "note")).order_by("pk")


def _invitations(subject: Subject) -> QuerySet[Invitation]:
    rows = Invitation.objects.filter(party__summit=subject.summit)
    return rows.filter(subject.mentioned("answered_by", "note")).order_by("pk")


def _blanked(subject: Subject, column: str, instead: str = "") -> Case:
    """Return an expression for a column's text: `instead` if the text names the person, or else the text itself."""
    return Case(When(subject.mentioned(column), then=Value(instead)), default=F(column), output_field=TextField())


def _erase_answers(subject: Subject) -> int:
    """Blank the note and replace the name in replies that name the person, and in the invitations' copies of them.

    Returns the number of replies.
    """
    name = erased_name(subject.summit)
    number = _replies(subject).update(name=_blanked(subject, "name", name), note=_blanked(subject, "note"))
    _invitations(subject).update(answered_by=_blanked(subject, "answered_by", name), note=_blanked(subject, "note"))
    return number


def _calls(subject: Subject) -> QuerySet[CallNote]:
    rows = CallNote.objects.filter(invitation__party__summit=subject.summit)
    return rows.filter(subject.mentioned("note")).order_by("pk")


PARTY = ("mission_email", "mission_name", "mission_contact", "mission_phone", "mission_address", "notes")


def _parties(subject: Subject) -> QuerySet[Party]:
    return Party.objects.filter(subject.mentioned(*PARTY), summit=subject.summit).order_by("pk")


def _erase_parties(subject: Subject) -> int:
    return _parties(subject).update(**{column: _blanked(subject, column) for column in PARTY})


def _contacts(subject: Subject) -> QuerySet[Contact]:
    rows = Contact.objects.filter(party__summit=subject.summit)
    return rows.filter(subject.mentioned("name", "office", "email", "note")).order_by("pk")


def _erase_contacts(subject: Subject) -> int:
    """Delete the contacts that are the person, and blank the notes of others that name the person."""
    rows = _contacts(subject)
    number = rows.count()
    _delete(rows.filter(subject.mentioned("name", "office", "email")))
    _contacts(subject).update(note="")
    return number


def _scans(subject: Subject) -> QuerySet[ReplyScan]:
    """Return the scans of the person's own reply, if the person is a guest who is invited as a party."""
    guests = Party.objects.filter(summit=subject.summit, kind="guest", memberships__person=subject.person)
    return ReplyScan.objects.filter(reply__invitation__party__in=guests).order_by("pk")


def _scan_files(subject: Subject) -> list[tuple[str, bytes]]:
    pairs = [(f"{row.pk}-{row.filename}", content_of(row)) for row in _scans(subject)]
    return [(name, content) for name, content in pairs if content is not None]


def _lists(subject: Subject) -> QuerySet[ParticipantList]:
    keys = [row.pk for row in revisions.that_name(subject.person)]
    return ParticipantList.objects.filter(pk__in=keys).order_by("number")


def _delete(rows: QuerySet[Any]) -> int:
    keys = list(rows.values_list("pk", flat=True))
    rows.model._default_manager.filter(pk__in=keys).delete()
    return len(keys)


for _order, _portion in enumerate(
    (
        # Must come first: the membership says which guest party the person belongs to.
        Portion(
            name="scans",
            title=_("Documents with the person’s own answer"),
            model=ReplyScan,
            rows=_scans,
            erase=lambda subject: _delete(_scans(subject)),
            gone=_(
                "Deleted. Documents with a delegation’s answer belong to the delegation and are deleted with all "
                "scans."
            ),
            columns=("filename", "media_type", "size"),
            files=_scan_files,
        ),
        Portion(
            name="answers",
            title=_("Answers that name the person"),
            model=Reply,
            rows=_replies,
            erase=_erase_answers,
            gone=_("The name of the person who answered is replaced and the note cleared."),
            stays=_("The answer, its date and its channel."),
            columns=("at", "answer", "level", "note", "name", "channel"),
        ),
        Portion(
            name="calls",
            title=_("Notes of telephone calls that name the person"),
            model=CallNote,
            rows=_calls,
            erase=lambda subject: _calls(subject).update(note=""),
            gone=_("The note is cleared."),
            columns=("at", "outcome", "note"),
            desks=True,
        ),
        Portion(
            name="requests",
            title=_("Requests for a focal point that name the person"),
            model=FocalPointRequest,
            keys=("person", "instead_of"),
            rows=_requests,
            erase=lambda subject: _delete(_requests(subject)),
            gone=_("Deleted."),
            columns=("name", "office", "email", "language", "asked_at", "asked_by", "state"),
        ),
        Portion(
            name="contacts",
            title=_("Delegation contacts that name the person"),
            model=Contact,
            rows=_contacts,
            erase=_erase_contacts,
            gone=_("The contact is deleted. Notes that name the person are blanked."),
            columns=("role", "name", "office", "phone", "email", "note"),
        ),
        Portion(
            name="missions",
            title=_("Delegations whose mission or notes name the person"),
            model=Party,
            rows=_parties,
            erase=_erase_parties,
            gone=_("These fields are cleared."),
            columns=("name", *PARTY),
            # The notes belong to the desks and aren't only about this person.
            handed=False,
        ),
        Portion(
            name="lists",
            title=_("Lists of participants that name the person"),
            model=ParticipantList,
            rows=_lists,
            erase=lambda subject: revisions.forget(subject.person),
            gone=_("The name and salutation are removed from every revision."),
            stays=_(
                "The office held, which shows who represented a delegation. Copies already distributed cannot be "
                "recalled."
            ),
            columns=("number", "final", "made_at"),
        ),
    ),
    start=20,
):
    portion(_order)(_portion)
