"""The pieces of personal data that the nightly purge deletes or blanks."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from delegations.focal_points.models import FocalPointRequest
from delegations.invitations.models.invitations import Invitation, InvitationLink, Reply, ReplyScan
from delegations.invitations.models.letters import CallNote
from delegations.members.field_groups import NEEDS, PASSPORT, TRAVEL
from delegations.members.models.particulars import Particulars, Photo
from delegations.parties.models.parties import Party
from delegations.portal_access.models import PortalSession
from delegations.privacy.models import PersonalDataKind
from delegations.privacy.services.retention import Piece, piece
from delegations.travel.models.declarations import Declaration
from delegations.travel.models.visas import VisaLetter
from summit.audit.services import SYSTEM
from summit.imports.models import ImportFile
from summit.outbox import personal_data
from summit.outbox.models import Message
from summit.people.models import Person
from summit.privacy import erasure
from summit.privacy.registry import erased_name
from summit.summits.models import Summit
from summit.webhooks.models.deliveries import Delivery, DeliveryState

DIGESTS = ("passport_digest", "birth_digest")


def _empty(name: str) -> Any:
    """Return the value that a column of Particulars has if nothing was entered."""
    return None if Particulars._meta.get_field(name).null else ""


def _filled(*names: str) -> Q:
    condition = Q()
    for name in names:
        column = Particulars._meta.get_field(name)
        not_null = Q(**{f"{name}__isnull": False}) if column.null else Q()
        # An empty date is encrypted as no bytes; an empty datetime is NULL.
        moment = column.get_internal_type() == "DateTimeField"
        condition |= not_null if moment else not_null & ~Q(**{name: ""})
    return condition


def _particulars(what: str, title: Any, *names: str) -> Piece:
    return Piece(
        what=what,
        name=what,
        title=title,
        rows=lambda summit: Particulars.objects.filter(_filled(*names), person__summit=summit),
        purge=lambda keys: Particulars.objects.filter(pk__in=keys).update(**{name: _empty(name) for name in names}),
        person="person",
    )


def _deleted(what: str, name: str, title: Any, model: Any, path: str, *, person: str = "") -> Piece:
    return Piece(
        what=what,
        name=name,
        title=title,
        rows=lambda summit: model.objects.filter(**{path: summit}),
        purge=lambda keys: model.objects.filter(pk__in=keys).delete(),
        person=person,
    )


def _blanked(what: str, name: str, title: Any, model: Any, path: str, *names: str, person: str = "") -> Piece:
    def rows(summit: Summit) -> QuerySet[Any]:
        condition = Q()
        for field_name in names:
            condition |= ~Q(**{field_name: ""})
        return model.objects.filter(condition, **{path: summit})  # type: ignore[no-any-return]

    return Piece(
        what=what,
        name=name,
        title=title,
        rows=rows,
        purge=lambda keys: model.objects.filter(pk__in=keys).update(**dict.fromkeys(names, "")),
        person=person,
    )


def _replies(summit: Summit) -> QuerySet[Reply]:
    rows = Reply.objects.filter(invitation__party__summit=summit)
    return rows.filter(~Q(name=erased_name(summit)) | ~Q(note=""))


def _invitations(summit: Summit) -> QuerySet[Invitation]:
    rows = Invitation.objects.filter(party__summit=summit)
    return rows.filter(~Q(answered_by__in=["", erased_name(summit)]) | ~Q(note=""))


def _erase_replies(keys: list[Any]) -> None:
    for row in Reply.objects.filter(pk__in=keys).select_related("invitation__party__summit")[:1]:
        name = erased_name(row.invitation.party.summit)
        Reply.objects.filter(pk__in=keys).update(name=name, note="")


def _erase_invitations(keys: list[Any]) -> None:
    for row in Invitation.objects.filter(pk__in=keys).select_related("party__summit")[:1]:
        rows = Invitation.objects.filter(pk__in=keys)
        rows.exclude(answered_by="").update(answered_by=erased_name(row.party.summit))
        rows.update(note="")


def _erase_people(keys: list[Any]) -> None:
    for person in Person.objects.filter(pk__in=keys).order_by("pk"):
        erasure.clear(person=person, by=SYSTEM)


PIECES = (
    _particulars(PersonalDataKind.PASSPORT, _("passport data"), *PASSPORT.fields, *DIGESTS),
    _particulars(PersonalDataKind.NEEDS, _("dietary and access needs"), *NEEDS.fields),
    _particulars(PersonalDataKind.TRAVEL, _("travel and hotel"), *TRAVEL.fields),
    _deleted(PersonalDataKind.PHOTO, "photos", _("photographs"), Photo, "person__summit", person="person"),
    _deleted(
        PersonalDataKind.DECLARATIONS,
        "declarations",
        _("declarations"),
        Declaration,
        "person__summit",
        person="person",
    ),
    _deleted(PersonalDataKind.VISA, "visa_letters", _("visa letters"), VisaLetter, "summit", person="person"),
    _deleted(PersonalDataKind.SCANS, "scans", _("scans of answers"), ReplyScan, "reply__invitation__party__summit"),
    _deleted(PersonalDataKind.SCANS, "import_files", _("import files"), ImportFile, "summit"),
    Piece(
        what=PersonalDataKind.MAIL,
        name="mail",
        title=_("mail that was sent"),
        rows=lambda summit: personal_data.old(summit=summit),
        purge=lambda keys: Message.objects.filter(pk__in=keys).delete(),
    ),
    Piece(
        what=PersonalDataKind.MAIL,
        name="deliveries",
        title=_("deliveries to webhooks"),
        rows=lambda summit: Delivery.objects.filter(endpoint__summit=summit).exclude(state=DeliveryState.PENDING),
        purge=lambda keys: Delivery.objects.filter(pk__in=keys).delete(),
    ),
    _deleted(PersonalDataKind.CONTACT, "sign_ins", _("browsers in the portal"), PortalSession, "person__summit"),
    _deleted(PersonalDataKind.CONTACT, "links", _("links in letters"), InvitationLink, "invitation__party__summit"),
    _deleted(
        PersonalDataKind.CONTACT, "requests", _("requests for a focal point"), FocalPointRequest, "party__summit"
    ),
    _blanked(PersonalDataKind.CONTACT, "mailboxes", _("mailboxes of people"), Person, "summit", "email", person="pk"),
    _blanked(
        PersonalDataKind.CONTACT,
        "missions",
        _("contacts at missions"),
        Party,
        "summit",
        "mission_contact",
        "mission_phone",
    ),
    _blanked(
        PersonalDataKind.CONTACT,
        "calls",
        _("notes of telephone calls"),
        CallNote,
        "invitation__party__summit",
        "note",
    ),
    Piece(
        what=PersonalDataKind.PERSON,
        name="people",
        title=_("people"),
        rows=lambda summit: Person.objects.filter(summit=summit, erased_at__isnull=True),
        purge=_erase_people,
        person="pk",
        batch=10,
    ),
    Piece(
        what=PersonalDataKind.PERSON,
        name="replies",
        title=_("names under answers"),
        rows=_replies,
        purge=_erase_replies,
    ),
    Piece(
        what=PersonalDataKind.PERSON,
        name="answers",
        title=_("names in invitations"),
        rows=_invitations,
        purge=_erase_invitations,
    ),
)
for _order, _piece in enumerate(PIECES, start=10):
    piece(_order)(_piece)


def purge_old_mail(*, before: datetime) -> int:
    """Delete mail that belongs to no summit and is older than `before`. Return how many messages were deleted.

    Such messages are sign-in codes and mails about accounts.
    """
    return personal_data.old(summit=None, before=before).delete()[1].get("outbox.Message", 0)
