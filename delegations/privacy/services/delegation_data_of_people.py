"""The data about a person in `delegations`, for erasure and for the copy of their data that the person gets.

Free texts that name the person are in `name_mentions`.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from delegations.badges.models.badges import Badge
from delegations.badges.selectors.badges import ERASED, WHY
from delegations.badges.services import transferable_passes
from delegations.invitations.models.invitations import InvitationLink
from delegations.liaison.models import LiaisonOfficer
from delegations.members.models.duplicates import DuplicateCandidate
from delegations.members.models.focal_points import FocalPoint
from delegations.members.models.members import Ended, FormerMember, Membership
from delegations.members.models.particulars import Particulars, Photo
from delegations.members.person_field_groups import NEEDS, PASSPORT, PHOTO, TRAVEL
from delegations.membership_changes.models import Handover
from delegations.parties.models.parties import ExternalId
from delegations.portal_access.models import PortalSession, PortalSubject, SignInCode
from delegations.travel.models.declarations import Declaration
from delegations.travel.models.visas import VisaLetter
from summit.audit.services import SYSTEM
from summit.people.models import Person
from summit.privacy.registry import Portion, Restricted, Subject, called, portion
from summit.quarantine.selectors import content_of


@called(10)
def passport_names(person: Person) -> Iterable[str]:
    """Return the person's name as in the passport, or nothing if the person has no particulars."""
    row = Particulars.objects.filter(person=person).first()
    return (row.passport_name,) if row is not None else ()


def _of(model: Any) -> Any:
    """Return a function that finds the rows of a model that refer to the person."""
    return lambda subject: model.objects.filter(person=subject.person).order_by("pk")


def _delete(rows: QuerySet[Any]) -> int:
    number = rows.count()
    rows.delete()
    return number


def _deletes(model: Any) -> Any:
    return lambda subject: _delete(model.objects.filter(person=subject.person))


def _photo(subject: Subject) -> Iterable[tuple[str, bytes]]:
    row = Photo.objects.filter(person=subject.person).first()
    image = content_of(row) if row is not None else None
    return [("photo.jpg", image)] if image is not None else []


def _end_membership(subject: Subject) -> int:
    """End the membership and return 1, or 0 without one. A former membership is kept, without personal data."""
    row = Membership.objects.filter(person=subject.person).first()
    if row is None:
        return 0
    FormerMember.objects.create(
        party_id=row.party_id,
        person_id=row.person_id,
        category_id=row.category_id,
        named_at=row.created_at,
        why=Ended.WITHDRAWN,
    )
    number = _delete(Membership.objects.filter(pk=row.pk))
    transferable_passes.settle_parties(keys=[row.party_id], by=SYSTEM)
    return number


def _end_badges(subject: Subject) -> int:
    """End the live badge and return how many there were. What a desk wrote of a former badge is overwritten."""
    rows = Badge.objects.filter(person=subject.person)
    rows.filter(ended_at__isnull=False).exclude(why__in=WHY).update(why=ERASED)
    return rows.live().update(ended_at=Now(), why=ERASED)


def _links(subject: Subject) -> QuerySet[InvitationLink]:
    condition = Q(person=subject.person)
    for box in subject.mailboxes:
        condition |= Q(address__iexact=box, invitation__party__summit=subject.summit)
    return InvitationLink.objects.filter(condition).order_by("pk")


def _sign_ins(subject: Subject) -> QuerySet[PortalSession]:
    return PortalSession.objects.filter(Q(person=subject.person) | Q(link__in=_links(subject))).order_by("pk")


def _codes(subject: Subject) -> QuerySet[SignInCode]:
    return SignInCode.objects.filter(mailbox__in=subject.mailboxes).order_by("pk")


_DELETED = _("Deleted.")
_KEYS = _("They identify the person only by an ID.")

for _order, _portion in enumerate(
    (
        Portion(
            name="particulars",
            title=_("Passport, needs and travel"),
            model=Particulars,
            keys=("person",),
            rows=_of(Particulars),
            erase=_deletes(Particulars),
            gone=_DELETED,
            restricted=tuple(
                Restricted(group.view, group.title, group.fields) for group in (PASSPORT, NEEDS, TRAVEL)
            ),
        ),
        Portion(
            name="photo",
            title=_("The photograph"),
            model=Photo,
            keys=("person",),
            rows=_of(Photo),
            erase=_deletes(Photo),
            gone=_DELETED,
            restricted=(Restricted(PHOTO.view, PHOTO.title),),
            files=_photo,
        ),
        Portion(
            name="declarations",
            title=_("Declarations"),
            model=Declaration,
            keys=("person",),
            rows=_of(Declaration),
            erase=_deletes(Declaration),
            gone=_DELETED,
        ),
        Portion(
            name="visa_letters",
            title=_("Visa support letters"),
            model=VisaLetter,
            keys=("person",),
            rows=_of(VisaLetter),
            erase=_deletes(VisaLetter),
            gone=_("Deleted here, with their content. Copies already sent to an embassy remain there."),
        ),
        Portion(
            name="external_ids",
            title=_("External IDs"),
            model=ExternalId,
            keys=("person",),
            rows=_of(ExternalId),
            erase=_deletes(ExternalId),
            gone=_("Deleted here. Contact the other systems too."),
        ),
        Portion(
            name="duplicate_candidates",
            title=_("Possible duplicates"),
            model=DuplicateCandidate,
            keys=("person", "other"),
            rows=lambda subject: DuplicateCandidate.objects.filter(
                Q(person=subject.person) | Q(other=subject.person)
            ),
            erase=lambda subject: _delete(
                DuplicateCandidate.objects.filter(Q(person=subject.person) | Q(other=subject.person))
            ),
            gone=_DELETED,
            # The other person of the pair is left out of the copy.
            columns=("why", "noticed_at"),
        ),
        Portion(
            name="badges",
            title=_("Badges"),
            model=Badge,
            keys=("person",),
            rows=_of(Badge),
            erase=_end_badges,
            gone=_("Valid badges are cancelled at once."),
            stays=_KEYS,
            columns=("issued_at", "ended_at", "why", "party"),
        ),
        Portion(
            name="membership",
            title=_("Membership of a delegation"),
            model=Membership,
            keys=("person",),
            rows=_of(Membership),
            erase=_end_membership,
            gone=_("The person is withdrawn and the place becomes free."),
            columns=("party", "category", "created_at", "confirmed_at"),
        ),
        Portion(
            name="former_memberships",
            title=_("Past memberships of delegations"),
            model=FormerMember,
            keys=("person", "successor"),
            rows=_of(FormerMember),
            stays=_KEYS,
            columns=("party", "category", "named_at", "ended_at", "why"),
        ),
        Portion(
            name="focal_points",
            title=_("Focal point role"),
            model=FocalPoint,
            keys=("person",),
            rows=_of(FocalPoint),
            erase=_deletes(FocalPoint),
            gone=_("The person no longer acts for any delegation."),
        ),
        Portion(
            name="liaison_officers",
            title=_("Liaison officer"),
            model=LiaisonOfficer,
            keys=("person",),
            rows=_of(LiaisonOfficer),
            erase=_deletes(LiaisonOfficer),
            gone=_("The person is no longer assigned to any delegation."),
            columns=("hours",),
        ),
        Portion(
            name="handovers",
            title=_("Handovers"),
            model=Handover,
            keys=("giver", "taker"),
            rows=lambda subject: Handover.objects.filter(Q(giver=subject.person) | Q(taker=subject.person)),
            stays=_KEYS,
            columns=("party", "what", "since", "state", "decided_at"),
        ),
        Portion(
            name="sign_ins",
            title=_("Portal browser sessions"),
            model=PortalSession,
            keys=("person",),
            rows=_sign_ins,
            erase=lambda subject: _delete(_sign_ins(subject)),
            gone=_("Ended and deleted."),
        ),
        Portion(
            name="provider_sign_ins",
            title=_("Sign-in at the delegation’s identity provider"),
            model=PortalSubject,
            keys=("person",),
            rows=lambda subject: PortalSubject.objects.filter(person=subject.person),
            erase=lambda subject: _delete(PortalSubject.objects.filter(person=subject.person)),
            gone=_("Unlinked and deleted."),
            columns=("issuer", "subject", "since"),
        ),
        Portion(
            name="codes",
            title=_("Sign-in codes"),
            model=SignInCode,
            rows=_codes,
            erase=lambda subject: _delete(_codes(subject)),
            gone=_("Deleted, unless another person uses the email address."),
            columns=("mailbox", "created_at", "expires_at", "used_at"),
        ),
        Portion(
            name="links",
            title=_("Links in letters"),
            model=InvitationLink,
            keys=("person",),
            rows=_links,
            erase=lambda subject: _delete(_links(subject)),
            gone=_("Deleted: they no longer work."),
            columns=("invitation", "address", "created_at", "expires_at", "first_used_at", "revoked_at"),
        ),
    ),
    start=30,
):
    portion(_order)(_portion)
