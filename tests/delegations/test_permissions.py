"""Who may do what with parties: which roles follow from rows, and whose objects are one's own."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from delegations.invitations.models.invitations import Invitation
from delegations.members.models.focal_points import FocalPoint
from delegations.members.models.members import Membership
from delegations.members.permissions import own_parties
from delegations.parties.models.parties import Party
from summit.permissions.models import Role, RoleAssignment
from summit.permissions.rules import allows, allows_own, can_use_admin, check, owns, roles_by_summit
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.delegations.helpers import refuses
from tests.ratchets import hold, permissions

pytestmark = pytest.mark.django_db
BOTH = {"focal_point", "delegate"}
EDIT, READ = ("organiser", "protocol"), ("organiser", "protocol", "accreditation", "programme")
TRAVEL = ("organiser", "protocol", "accreditation", "vetting")
# What each of some roles may do, with all rows of a summit.
BY_ROLES: dict[tuple[str, ...], str] = {
    (): """assist badge.change declaration.change focalpointrequest.change handover.change quota.change reply.change
        transferablepass.change delegationimportfile.change visaletter.change""",
    (*READ, "press_officer", "press_approver", "viewer"): "party.view partyname.view",
    (*READ, "vetting"): "category.view transferablepassrule.view zone.view",
    READ: """callnote.view externalid.view liaisonofficer.view membership.view participantlist.view partygroup.view
        policy.view quota.view""",
    (*EDIT, "programme"): "contact.view focalpoint.view handover.view invitation.view lettertemplate.view reply.view",
    EDIT: """answer answer_for ask_focal_point ask_visa callnote.change category.change contact.change
        decide_focal_point decide_handover declarationkind.change enter_person externalid.change
        focalpoint.change focalpointrequest.view give_account invitation.change invitationlink.change
        invitationlink.view invite issue_visa liaisonofficer.change lettertemplate.change membership.change
        name name_late raise_quota transferablepassrule.change participantlist.change party.change partygroup.change
        partyname.change policy.change read_in duplicatecandidate.change duplicatecandidate.view revoke
        delegationimportfile.view set_public_listing visaletter.view withdraw zone.change partyprovider.change
        partyprovider.view portalsubject.change portalsubject.view""",
    (*EDIT, "vetting"): "declarationkind.view",
    (*EDIT, "conference_officer"): "needs.change needs.view",
    (*EDIT, "accreditation"): "hand_transferable_pass transferablepass.view",
    TRAVEL: "badge.view end_badge photo.change photo.view photo_sheet travel.change travel.view",
    ("organiser", "vetting"): "decide_declaration declaration.view declare",
    ("organiser", "accreditation"): "issue_badge",
    ("organiser",): "set_default_quotas retention.change retention.view",
    ("vetting",): "passport.change passport.view",
}
DESKS = {f"delegations.{name}": set(roles) for roles, names in BY_ROLES.items() for name in names.split()}
OF_FOCAL_POINTS = """answer ask_focal_point ask_visa contact.change contact.view declaration.view declarationkind.view
    declare enter_person
    focalpoint.view focalpointrequest.view hand_transferable_pass membership.view name needs.change needs.view
    transferablepass.view passport.change passport.view photo.change photo.view quota.view read_in
    delegationimportfile.view set_public_listing travel.change travel.view visaletter.view withdraw"""
OWN = {
    **{f"delegations.{name}": {"focal_point"} for name in OF_FOCAL_POINTS.split()},
    **{f"delegations.{name}.view": BOTH for name in ("party", "invitation", "liaisonofficer")},
    "delegations.assist": {"liaison_officer"},
}


def test_the_table() -> None:
    hold(permissions(("delegations.",), DESKS, OWN, f"{__file__} BY_ROLES"))


def rows_of(party: Party) -> dict[str, Any]:
    """Return a row of each model that has rows of its own for somebody, by the label of its rule."""
    return {
        "delegations.party.view": party,
        "delegations.membership.view": f.MembershipFactory(party=party),
        "delegations.focalpoint.view": f.FocalPointFactory(party=party),
        "delegations.invitation.view": f.InvitationFactory(party=party, sent=True),
        "delegations.answer": Invitation.objects.get(party=party),
        "delegations.declaration.view": f.DeclarationFactory(party=party),
        "delegations.visaletter.view": f.VisaLetterFactory(party=party),
        "delegations.declare": party,
        "delegations.ask_visa": party,
    }


@pytest.mark.parametrize("role", list(Role))
def test_every_role_with_own_foreign_and_other_summits_rows(role: Role, summit: Summit) -> None:
    user = f.UserFactory.with_role(role, summit)
    rows = {
        "own": own_parties(user, role).get() if str(role) in BOTH else None,
        "foreign": f.PartyFactory(summit=summit),
        "elsewhere": f.PartyFactory(),
    }
    for whose, party in rows.items():
        for action, row in rows_of(party).items() if party else ():
            here = whose != "elsewhere" and str(role) in DESKS[action]
            mine = whose == "own" and str(role) in OWN[action]
            assert allows(user, action, party.summit, row) is (here or mine), (whose, action)
            # Without a row only what one may with all rows counts.
            assert allows(user, action, party.summit) is here


class TestWhatFollows:
    def test_from_rows_about_the_accounts_people(self, summit: Summit) -> None:
        user = f.UserFactory()
        both = f.PersonFactory(summit=summit, user=user)
        f.FocalPointFactory(party__summit=summit, person=both)
        f.MembershipFactory(party__summit=summit, person=both)
        elsewhere = f.MembershipFactory(person__user=user).party.summit
        RoleAssignment.objects.create(user=user, summit=summit, role=Role.VETTING)
        assert roles_by_summit(user) == {
            summit.pk: {"focal_point", "delegate", "vetting"},
            elsewhere.pk: {"delegate"},
        }

    def test_not_from_a_person_alone_nor_from_a_party_that_has_left(self, summit: Summit) -> None:
        user = f.UserFactory()
        f.PersonFactory(summit=summit, user=user)
        assert roles_by_summit(user) == {summit.pk: frozenset()}
        for states, there in (
            *(([], True), (["draft"], True), (["sent"], True), (["revoked", "sent"], True)),
            *((["revoked", "answered"], True), (["revoked"], False), (["revoked", "draft"], False)),
        ):
            for role in (Role.FOCAL_POINT, Role.DELEGATE):
                user = f.UserFactory.with_role(role, summit)
                party = Party.objects.latest("pk")
                for state in states:
                    given = {state: True} if state in ("sent", "answered") else {"state": state}
                    f.InvitationFactory(party=party, **given)
                assert roles_by_summit(user) == {summit.pk: {str(role)} if there else frozenset()}, (role, states)
                assert owns(user, role, party) is there

    def test_in_two_queries_with_those_given_by_hand(self, summit: Summit, django_assert_num_queries: Any) -> None:
        user = f.UserFactory.with_role(Role.FOCAL_POINT, summit)
        RoleAssignment.objects.create(user=user, summit=summit, role=Role.VIEWER)
        with django_assert_num_queries(2):
            assert roles_by_summit(user) == {summit.pk: {"focal_point", "viewer"}}
            assert can_use_admin(user)
            assert allows(user, "delegations.answer", summit) is False


def test_one_does_not_see_with_one_role_what_is_own_in_another(summit: Summit) -> None:
    """A member who acts for a neighbour sees the neighbour's members, and not those of their own delegation."""
    user = f.UserFactory()
    person = f.PersonFactory(summit=summit, user=user)
    served = f.FocalPointFactory(party__summit=summit, person=person).party
    own = f.MembershipFactory(party__summit=summit, person=person).party
    members = {party: f.MembershipFactory(party=party) for party in (served, own)}
    assert allows(user, "delegations.membership.view", summit, members[served]) is True
    assert allows(user, "delegations.membership.view", summit, members[own]) is False


def test_owning_costs_one_query(summit: Summit, django_assert_num_queries: Any) -> None:
    user = f.UserFactory.with_role(Role.FOCAL_POINT, summit)
    rows = rows_of(own_parties(user, Role.FOCAL_POINT).get())
    for row in {type(row): row for row in rows.values()}.values():
        if isinstance(row, Party | Invitation | Membership | FocalPoint):
            with django_assert_num_queries(1):
                assert owns(user, Role.FOCAL_POINT, row)


def test_a_refusal_says_who_can(summit: Summit) -> None:
    user: User = f.UserFactory.with_role(Role.DELEGATE, summit)
    invitation = f.InvitationFactory(party=Party.objects.get())
    refused = refuses(PermissionDenied, check, user, "delegations.answer", summit, invitation)
    assert str(refused) == "Roles that can do this: organiser, protocol, focal point."
    may = [allows_own("delegations.answer", roles) for roles in ([], ["delegate"], ["delegate", "focal_point"])]
    assert may == [False, False, True]
