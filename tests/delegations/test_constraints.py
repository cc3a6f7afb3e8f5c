"""Every constraint of the delegations' tables: breaking it fails in the database."""

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from delegations.models import Category, FocalPoint, InvitationLink, Membership, Party
from tests import factories as f

pytestmark = pytest.mark.django_db


def second_of_name() -> None:
    party = f.PartyFactory()
    f.PartyFactory(summit=party.summit, name=party.name)


def second_host() -> None:
    party = f.PartyFactory(is_host=True)
    f.PartyFactory(summit=party.summit, is_host=True)


def second_head() -> None:
    member = f.MembershipFactory(code="head")
    f.MembershipFactory(party=member.party, code="head")


def second_focal_point() -> None:
    point = f.FocalPointFactory()
    f.FocalPointFactory(party=point.party, person=point.person)


def second_party_of_person() -> None:
    member = f.MembershipFactory()
    f.MembershipFactory(person=member.person, party=f.PartyFactory(summit=member.party.summit))


def second_invitation() -> None:
    invitation = f.InvitationFactory()
    f.InvitationFactory(party=invitation.party)


def second_live_link() -> None:
    link = f.InvitationLinkFactory()
    f.InvitationLinkFactory(invitation=link.invitation, address=link.address)


def second_nonce() -> None:
    link = f.InvitationLinkFactory()
    f.InvitationLinkFactory(nonce=link.nonce)


def ghost() -> None:
    Membership.objects.filter(pk=f.MembershipFactory().pk).update(capacity="ghost")


BREAKS: dict[str, Callable[[], object]] = {
    "party_name_once": second_of_name,
    "party_host_once": second_host,
    "party_kind_known": lambda: f.PartyFactory(kind="planet"),
    "party_code_is_countrys": lambda: f.PartyFactory(kind="organisation", iso_code="FR"),
    "membership_head_once": second_head,
    "membership_capacity_known": ghost,
    "focal_point_once": second_focal_point,
    "invitation_once": second_invitation,
    "invitation_state_known": lambda: f.InvitationFactory(state="lost"),
    "invitation_answered_whole": lambda: f.InvitationFactory(state="answered", sent_at=f.START, answered_at=f.START),
    "invitation_sent_has_time": lambda: f.InvitationFactory(state="sent"),
    "link_live_once": second_live_link,
}


# An unknown state is none of those for which the answer is whole either: PostgreSQL looks at that one first.
ALSO_REFUSED_BY = {"invitation_state_known": "invitation_answered_whole"}
SAID_BY_SQLITE = {
    "party_name_once": "UNIQUE constraint failed: delegations_party.summit_id, delegations_party.name",
    "party_host_once": "UNIQUE constraint failed: delegations_party.summit_id",
    "membership_head_once": "UNIQUE constraint failed: delegations_membership.party_id",
    "focal_point_once": "UNIQUE constraint failed: delegations_focalpoint.party_id, delegations_focalpoint.person_id",
    "invitation_once": "UNIQUE constraint failed: delegations_invitation.party_id, delegations_invitation.occasion",
    "link_live_once": (
        "UNIQUE constraint failed: delegations_invitationlink.invitation_id, delegations_invitationlink.address"
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_breaking_a_constraint_fails(name: str) -> None:
    with pytest.raises(IntegrityError) as broken, transaction.atomic():
        BREAKS[name]()
    # It is this constraint that refuses, and no other. SQLite names a check, and the columns of a unique one.
    said = str(broken.value)
    assert any(known in said for known in (name, ALSO_REFUSED_BY.get(name, name))) or said == SAID_BY_SQLITE.get(name)


def test_uniqueness_of_columns_holds() -> None:
    for breaks in (second_party_of_person, second_nonce):
        with pytest.raises(IntegrityError), transaction.atomic():
            breaks()


def test_every_constraint_is_tried() -> None:
    found = {
        constraint.name
        for model in (Membership, FocalPoint, InvitationLink)
        for constraint in model._meta.constraints
    }
    assert found <= set(BREAKS)


def category_of(model: type[models.Model], party: Party) -> dict[str, Category]:
    return {"category": Category.objects.of(party.summit)["delegate"]} if model is Membership else {}


@pytest.mark.parametrize("model", [Membership, FocalPoint])
def test_a_person_of_another_summit_is_refused(model: type[models.Model]) -> None:
    party = f.PartyFactory()
    row = model(party=party, person=f.PersonFactory(), **category_of(model, party))
    with pytest.raises(ValidationError) as refused:
        row.full_clean()
    assert refused.value.message_dict == {
        "person": ["This person belongs to another summit. Enter them in this one first."]
    }


@pytest.mark.parametrize("model", [Membership, FocalPoint])
def test_a_person_of_the_summit_is_taken(model: type[models.Model]) -> None:
    party = f.PartyFactory()
    model(party=party, person=f.PersonFactory(summit=party.summit), **category_of(model, party)).full_clean()
