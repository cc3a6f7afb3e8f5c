"""Signing in to the portal at the identity provider of a delegation. It opens this delegation, and no account."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.members.models.focal_points import FocalPoint
from delegations.members.models.members import Membership
from delegations.parties.models.parties import Party
from delegations.parties.permissions import standing_parties
from delegations.portal_access.models import PartyProvider, PortalSession, PortalSessionQuerySet, PortalSubject
from delegations.portal_access.services import portal_sessions
from delegations.portal_access.services.portal_sessions import AGENT_LENGTH
from delegations.portal_access.services.sign_in_codes import people_at
from summit.audit import services as audit
from summit.audit.actions import audit_action, row_actions
from summit.audit.services import Mailbox
from summit.core.punctuation import comma
from summit.people.models import Person
from summit.permissions.rules import check
from summit.single_sign_on import ended_sessions, provider_services, providers, refusals
from summit.single_sign_on.facts import SignInFacts
from summit.single_sign_on.links import naming_provider
from summit.single_sign_on.refusals import Reason, SignInRefused
from summit.users.models import User

CHANGE, UNLINK = "delegations.partyprovider.change", "delegations.portalsubject.change"
SIGN_IN = audit_action(
    "delegations.sign_in_at_provider", gettext_lazy("signed in to the portal at the delegation’s identity provider")
)
SIGN_OUT = audit_action(
    "delegations.sign_out_at_provider",
    gettext_lazy("signed out of the portal at the delegation’s identity provider"),
)
PROVIDER_ACTIONS = row_actions(
    "delegations.partyprovider",
    add=naming_provider(
        gettext_lazy("gave the delegation the identity provider “%(provider)s”"),
        gettext_lazy("gave the delegation an identity provider"),
    ),
    change=gettext_lazy("changed the delegation’s identity provider"),
    remove=naming_provider(
        gettext_lazy("took the identity provider “%(provider)s” from the delegation"),
        gettext_lazy("took the identity provider from the delegation"),
    ),
)
SUBJECT_ACTIONS = row_actions(
    "delegations.portalsubject",
    add=gettext_lazy("linked the person’s sign-in at the delegation’s identity provider"),
    change=gettext_lazy("changed the person’s sign-in at the delegation’s identity provider"),
    remove=gettext_lazy("unlinked the person’s sign-in at the delegation’s identity provider"),
)


def give_provider(*, party: Party, issuer: str, by: User) -> PartyProvider:
    """Let a provider open the portal of a party, and return the row.

    Raises PermissionDenied, and ValidationError for a provider that isn't one for delegations, or if the party has
    one already.
    """
    check(by, CHANGE, party.summit)
    with transaction.atomic():
        provider = providers.find(issuer)
        if provider is None or not provider.for_delegations:
            raise ValidationError({"issuer": _("Choose a provider for delegations.")})
        row = PartyProvider(party=party, issuer=provider.issuer)
        row.full_clean()
        row.save()
        detail = {"provider": provider.name, "rows": audit.references(row)}
        audit.record(
            by=by, action=PROVIDER_ACTIONS.add, target=row, summit=party.summit, part_of=party, detail=detail
        )
    return row


def take_provider(*, row: PartyProvider, by: User) -> None:
    """Take the provider from a party: end the sessions that it opened there, and forget its people's subjects.

    Whoever belongs to another party with this provider keeps both. Raises PermissionDenied.
    """
    party = row.party
    check(by, CHANGE, party.summit)
    with transaction.atomic():
        detail = {"provider": providers.name_of(row.issuer), "rows": audit.references(row)}
        audit.record(
            by=by, action=PROVIDER_ACTIONS.remove, target=row, summit=party.summit, part_of=party, detail=detail
        )
        PartyProvider.objects.filter(pk=row.pk).delete()
        others = PartyProvider.objects.filter(issuer=row.issuer).values_list("party_id", flat=True)
        people = _people_of([party.pk]) - _people_of(others)
        subjects = PortalSubject.objects.filter(issuer=row.issuer, person__in=people)
        for subject in subjects.select_related("person__summit").order_by("pk"):
            audit.record(by=by, action=SUBJECT_ACTIONS.remove, target=subject.person, summit=party.summit)
        subjects.delete()
        _end(PortalSession.objects.filter(issuer=row.issuer, person__in=people))


@provider_services.further_stops.register(1)
def _stops_removal(issuer: str) -> str:
    parties = Party.objects.filter(identity_provider__issuer=issuer).order_by("sort_key")
    names = [str(party) for party in parties[: provider_services.NAMED + 1]]
    if not names:
        return ""
    if len(names) > provider_services.NAMED:
        names[-1] = "…"
    return _("Delegations sign in at this provider: %(delegations)s. Take it from them first.") % {
        "delegations": comma().join(names)
    }


def unlink(*, row: PortalSubject, by: User) -> None:
    """Forget as which subject a person signs in, and end the sessions opened so. Raises PermissionDenied."""
    person = row.person
    check(by, UNLINK, person.summit)
    with transaction.atomic():
        audit.record(by=by, action=SUBJECT_ACTIONS.remove, target=person, summit=person.summit)
        PortalSubject.objects.filter(pk=row.pk).delete()
        _end(PortalSession.objects.filter(issuer=row.issuer, person=person))


def open_sessions(*, facts: SignInFacts, agent: str) -> list[PortalSession]:
    """Return a new portal session for each person as whom somebody may sign in at a provider, in each summit.

    `facts` are what the provider said. An address that it has verified chooses the person at the first sign-in: the
    one person in the provider's own delegations who has it. Later the subject does. Raises SignInRefused.
    """
    issuer, subject = facts.issuer, facts.subject
    mailbox = facts.email if facts.email_verified else ""
    parties = parties_by_issuer([issuer]).get(issuer, set())
    if not parties:
        raise SignInRefused(refusals.NO_DELEGATION)
    with transaction.atomic():
        people = _known(issuer, subject, parties)
        summits = {person.summit_id for person in people}
        found = [person for person in people_at(mailbox) if person.summit_id not in summits]
        own = [person for person in found if _belongs(person, parties)]
        for person in own:
            if _is_alone(person, own):
                _link(person, issuer, subject)
                people.append(person)
        with_mailbox = [(person, _mailbox_of(person)) for person in people]
        opened = [
            PortalSession.objects.create(
                person=person,
                mailbox=address,
                issuer=issuer,
                provider_session=ended_sessions.data_of(facts),
                user_agent=agent[:AGENT_LENGTH],
            )
            for person, address in with_mailbox
            if address
        ]
        if not opened:
            raise SignInRefused(_refusal(mailbox, is_shared=bool(own)))
        for row in opened:
            assert row.person is not None  # noqa: S101 - it was opened as one
            by = Mailbox(row.public_id)
            audit.record(by=by, action=SIGN_IN, target=row.person, summit=row.person.summit)
    return opened


@ended_sessions.endings.register(1)
def end_sessions(named: ended_sessions.Named) -> int:
    """End the portal sessions that their provider ends, and return their number. Others of the same people stay."""
    rows = PortalSession.objects.not_ended().filter(ended_sessions.matching("provider_session", named))
    return portal_sessions.end(rows=rows.select_related("person__summit"), by=None, action=SIGN_OUT)


def parties_by_issuer(issuers: Iterable[str]) -> dict[str, set[int]]:
    """Return a dict from issuer to the primary keys of the parties whose portal it opens. Makes one query.

    Parties that have left their summit aren't among them.
    """
    found: dict[str, set[int]] = {}
    rows = PartyProvider.objects.filter(issuer__in=list(issuers), party__in=standing_parties())
    for issuer, party in rows.values_list("issuer", "party_id"):
        found.setdefault(issuer, set()).add(party)
    return found


def _known(issuer: str, subject: str, parties: set[int]) -> list[Person]:
    rows = PortalSubject.objects.filter(issuer=issuer, subject=subject)
    people = Person.objects.filter(portal_subject__in=rows, pk__in=_people_of(parties))
    return list(people.select_related("summit", "membership__party").order_by("-summit__starts_on", "pk"))


def _people_of(parties: Iterable[int]) -> set[int]:
    """Return the primary keys of the members and focal points of parties. Makes two queries."""
    keys = list(parties)
    members = Membership.objects.filter(party__in=keys).values_list("person_id", flat=True)
    points = FocalPoint.objects.filter(party__in=keys).values_list("person_id", flat=True)
    return {*members, *points}


def _belongs(person: Person, parties: set[int]) -> bool:
    return person.pk in _people_of(parties)


def _is_alone(person: Person, own: list[Person]) -> bool:
    """Return whether nobody else of `own` is in the person's summit: they have the same mailbox."""
    return not any(each.summit_id == person.summit_id and each.pk != person.pk for each in own)


def _refusal(mailbox: str, *, is_shared: bool) -> Reason:
    """Return why a sign-in opens nothing: no address, one that several people have, or one that nobody has."""
    if not mailbox:
        return refusals.NO_ADDRESS
    return refusals.SHARED_ADDRESS if is_shared else refusals.NOT_OF_DELEGATION


def _link(person: Person, issuer: str, subject: str) -> None:
    _row, created = PortalSubject.objects.get_or_create(
        person=person, defaults={"issuer": issuer, "subject": subject}
    )
    if not created:
        raise SignInRefused(refusals.OTHER_SUBJECT)
    audit.record(by=audit.SYSTEM, action=SUBJECT_ACTIONS.add, target=person, summit=person.summit)


def _mailbox_of(person: Person) -> str:
    """Return the mailbox for a person's session: their own or, without one, that of the party's mission."""
    membership = getattr(person, "membership", None)
    address = person.email or (membership.party.mission_email if membership else "")
    return str(address).strip().lower()


def _end(rows: PortalSessionQuerySet) -> None:
    rows.not_ended().update(ended_at=Now())
