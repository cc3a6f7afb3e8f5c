"""The pieces of personal data that the nightly purge deletes or blanks."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from delegations.contacts.models import Contact
from delegations.focal_points.models import FocalPointRequest
from delegations.invitations.models.invitations import Invitation, InvitationLink, Reply, ReplyScan
from delegations.invitations.models.letters import CallNote
from delegations.liaison.models import LiaisonOfficer
from delegations.members.models.particulars import Particulars, Photo
from delegations.parties.models.parties import Party
from delegations.portal_access.models import PortalSession, PortalSubject
from delegations.privacy.services.retention import Piece, piece
from delegations.travel.models.declarations import Declaration
from delegations.travel.models.visas import VisaLetter
from summit.audit.services import SYSTEM
from summit.core.personal_data import (
    PersonalDataKind,
    personal_columns,
)
from summit.imports.models import ImportFile
from summit.outbox import personal_data
from summit.outbox.models import Message
from summit.people.models import Person
from summit.privacy import person_erasure
from summit.privacy.registry import erased_name
from summit.summits.models import Summit
from summit.webhooks.models.deliveries import Delivery, DeliveryState


def _filled(columns: list[Any]) -> Q:
    """Return the condition that at least one of the columns has a value."""
    condition = Q()
    for column in columns:
        not_null = Q(**{f"{column.name}__isnull": False}) if column.null else Q()
        # An empty date is encrypted as no bytes; an empty datetime is NULL.
        moment = column.get_internal_type() == "DateTimeField"
        condition |= not_null if moment else not_null & ~Q(**{column.name: ""})
    return condition


def _blanked(what: PersonalDataKind, name: str, title: Any, model: Any, path: str, *, person: str = "") -> Piece:
    """Return the piece that blanks all columns of a model that are declared as this kind of data."""
    columns = [column for column, declared in personal_columns(model) if declared.kept_as == what]
    empty = {column.name: None if column.null else "" for column in columns}
    return Piece(
        what=what,
        name=name,
        title=title,
        model=model,
        rows=lambda summit: model.objects.filter(_filled(columns), **{path: summit}),
        purge=lambda keys: model.objects.filter(pk__in=keys).update(**empty),
        person=person,
    )


def _particulars(what: PersonalDataKind, title: Any) -> Piece:
    return _blanked(what, what, title, Particulars, "person__summit", person="person")


def _deleted(what: str, name: str, title: Any, model: Any, path: str, *, person: str = "") -> Piece:
    return Piece(
        what=what,
        name=name,
        title=title,
        model=model,
        rows=lambda summit: model.objects.filter(**{path: summit}),
        purge=lambda keys: model.objects.filter(pk__in=keys).delete(),
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
        person_erasure.clear(person=person, by=SYSTEM)


PIECES = (
    _particulars(PersonalDataKind.PASSPORT, _("passport data")),
    _particulars(PersonalDataKind.NEEDS, _("dietary and access needs")),
    _particulars(PersonalDataKind.TRAVEL, _("travel and hotel")),
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
        title=_("sent email"),
        model=Message,
        rows=lambda summit: personal_data.old(summit=summit),
        purge=lambda keys: Message.objects.filter(pk__in=keys).delete(),
    ),
    Piece(
        what=PersonalDataKind.MAIL,
        name="deliveries",
        title=_("webhook deliveries"),
        model=Delivery,
        rows=lambda summit: Delivery.objects.filter(endpoint__summit=summit).exclude(state=DeliveryState.PENDING),
        purge=lambda keys: Delivery.objects.filter(pk__in=keys).delete(),
    ),
    _deleted(
        PersonalDataKind.CONTACT, "subjects", _("sign-ins at identity providers"), PortalSubject, "person__summit"
    ),
    _deleted(PersonalDataKind.CONTACT, "sign_ins", _("portal browser sessions"), PortalSession, "person__summit"),
    _deleted(PersonalDataKind.CONTACT, "links", _("links in letters"), InvitationLink, "invitation__party__summit"),
    _deleted(
        PersonalDataKind.CONTACT, "requests", _("requests for a focal point"), FocalPointRequest, "party__summit"
    ),
    _deleted(PersonalDataKind.CONTACT, "contacts", _("contacts of delegations"), Contact, "party__summit"),
    _deleted(
        PersonalDataKind.CONTACT,
        "liaison_officers",
        _("liaison officers"),
        LiaisonOfficer,
        "summit",
        person="person",
    ),
    _blanked(PersonalDataKind.CONTACT, "mailboxes", _("people’s email addresses"), Person, "summit", person="pk"),
    _blanked(PersonalDataKind.CONTACT, "missions", _("mission contacts"), Party, "summit"),
    _blanked(PersonalDataKind.CONTACT, "calls", _("notes of telephone calls"), CallNote, "invitation__party__summit"),
    Piece(
        what=PersonalDataKind.PERSON,
        name="people",
        title=_("people"),
        model=Person,
        rows=lambda summit: Person.objects.filter(summit=summit, erased_at__isnull=True),
        purge=_erase_people,
        person="pk",
        batch=10,
    ),
    Piece(
        what=PersonalDataKind.PERSON,
        name="replies",
        title=_("names on answers"),
        model=Reply,
        rows=_replies,
        purge=_erase_replies,
    ),
    Piece(
        what=PersonalDataKind.PERSON,
        name="answers",
        title=_("names in invitations"),
        model=Invitation,
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
