"""Who may do what with parties: which roles follow from rows, and whose objects are one's own."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from delegations.models import FocalPoint, Invitation, Membership, Party
from delegations.permissions import own_parties
from summit.models import Role, RoleAssignment, Summit, User
from summit.permissions import RULES, allows, allows_own, check, owns, roles_by_summit
from tests import factories as f
from tests.delegations.helpers import refuses

pytestmark = pytest.mark.django_db
BOTH = {"focal_point", "delegate"}
TRAVEL = {"organiser", "protocol", "accreditation", "vetting"}
DESKS: dict[str, set[str]] = {
    "delegations.party.view": {
        *("organiser", "protocol", "accreditation", "programme", "press_officer", "press_approver", "viewer")
    },
    "delegations.partyname.view": {
        *("organiser", "protocol", "accreditation", "programme", "press_officer", "press_approver", "viewer")
    },
    "delegations.partyname.change": {"organiser", "protocol"},
    "delegations.externalid.view": {"organiser", "protocol", "accreditation", "programme"},
    "delegations.externalid.change": {"organiser", "protocol"},
    "delegations.policy.view": {"organiser", "protocol", "accreditation", "programme"},
    "delegations.policy.change": {"organiser", "protocol"},
    "delegations.membership.view": {"organiser", "protocol", "accreditation", "programme"},
    "delegations.focalpoint.view": {"organiser", "protocol", "programme"},
    "delegations.invitation.view": {"organiser", "protocol", "programme"},
    **{f"delegations.{name}.change": {"organiser", "protocol"} for name in ("party", "membership", "focalpoint")},
    "delegations.invitation.change": {"organiser", "protocol"},
    "delegations.lettertemplate.view": {"organiser", "protocol", "programme"},
    "delegations.lettertemplate.change": {"organiser", "protocol"},
    "delegations.invitationlink.view": {"organiser", "protocol"},
    "delegations.invitationlink.change": {"organiser", "protocol"},
    "delegations.reply.view": {"organiser", "protocol", "programme"},
    "delegations.reply.change": set(),
    "delegations.callnote.view": {"organiser", "protocol", "accreditation", "programme"},
    "delegations.callnote.change": {"organiser", "protocol"},
    "delegations.declarationkind.view": {"organiser", "protocol", "vetting"},
    "delegations.declarationkind.change": {"organiser", "protocol"},
    "delegations.declaration.view": {"organiser", "vetting"},
    "delegations.declaration.change": set(),
    "delegations.declare": {"organiser", "vetting"},
    "delegations.decide_declaration": {"organiser", "vetting"},
    "delegations.visaletter.view": {"organiser", "protocol"},
    "delegations.focalpointrequest.view": {"organiser", "protocol"},
    "delegations.focalpointrequest.change": set(),
    **{f"delegations.{deed}_focal_point": {"organiser", "protocol"} for deed in ("ask", "decide")},
    "delegations.visaletter.change": set(),
    "delegations.ask_visa": {"organiser", "protocol"},
    "delegations.issue_visa": {"organiser", "protocol"},
    "delegations.participantlist.view": {"organiser", "protocol", "accreditation", "programme"},
    "delegations.participantlist.change": {"organiser", "protocol"},
    "delegations.retention.view": {"organiser"},
    "delegations.retention.change": {"organiser"},
    **{f"delegations.{deed}": {"organiser", "protocol"} for deed in ("invite", "revoke", "answer", "answer_for")},
    **{f"delegations.{deed}": {"organiser", "protocol"} for deed in ("name", "name_late", "withdraw")},
    "delegations.raise_quota": {"organiser"},
    "delegations.quota.view": {"organiser", "protocol", "accreditation", "programme"},
    "delegations.quota.change": set(),
    **{
        f"delegations.{name}.view": {"organiser", "protocol", "accreditation", "programme", "vetting"}
        for name in ("category", "zone", "overpassrule")
    },
    **{f"delegations.{name}.change": {"organiser", "protocol"} for name in ("category", "zone", "overpassrule")},
    "delegations.read_in": {"organiser", "protocol"},
    "delegations.sheet.view": {"organiser", "protocol"},
    "delegations.sheet.change": set(),
    "delegations.enter_person": {"organiser", "protocol"},
    "delegations.give_account": {"organiser", "protocol"},
    **{f"delegations.passport.{verb}": {"vetting"} for verb in ("view", "change")},
    **{f"delegations.needs.{verb}": {"organiser", "protocol", "conference_officer"} for verb in ("view", "change")},
    "delegations.photo_sheet": TRAVEL,
    **{f"delegations.{name}.{verb}": TRAVEL for name in ("travel", "photo") for verb in ("view", "change")},
    "delegations.badge.view": TRAVEL,
    "delegations.overpass.view": {"organiser", "protocol", "accreditation"},
    "delegations.overpass.change": set(),
    "delegations.hand_overpass": {"organiser", "protocol", "accreditation"},
    "delegations.badge.change": set(),
    "delegations.handover.view": {"organiser", "protocol", "programme"},
    "delegations.handover.change": set(),
    "delegations.decide_handover": {"organiser", "protocol"},
    "delegations.issue_badge": {"organiser", "accreditation"},
    "delegations.end_badge": TRAVEL,
    **{f"delegations.resemblance.{verb}": {"organiser", "protocol"} for verb in ("view", "change")},
}
OWN: dict[str, set[str]] = {
    "delegations.party.view": BOTH,
    "delegations.invitation.view": BOTH,
    "delegations.membership.view": {"focal_point"},
    "delegations.focalpoint.view": {"focal_point"},
    "delegations.focalpointrequest.view": {"focal_point"},
    "delegations.quota.view": {"focal_point"},
    "delegations.answer": {"focal_point"},
    **{
        f"delegations.{name}.view": {"focal_point"}
        for name in ("declaration", "declarationkind", "visaletter", "sheet")
    },
    **{f"delegations.{deed}": {"focal_point"} for deed in ("declare", "ask_visa", "name", "withdraw", "read_in")},
    "delegations.enter_person": {"focal_point"},
    "delegations.ask_focal_point": {"focal_point"},
    **{f"delegations.{deed}": {"focal_point"} for deed in ("overpass.view", "hand_overpass")},
    **{
        f"delegations.{group}.{verb}": {"focal_point"}
        for group in ("passport", "needs", "travel", "photo")
        for verb in ("view", "change")
    },
}


def test_the_table() -> None:
    found = {action: rule for action, rule in RULES.items() if action.startswith("delegations.")}
    assert {action: set(rule.any) for action, rule in found.items()} == DESKS
    assert {action: set(rule.own) for action, rule in found.items() if rule.own} == OWN


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
            assert user.is_staff
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
    assert str(refused) == "This can be done by: organiser, protocol, focal point."


def test_who_has_no_account_acts_by_what_is_known_of_them() -> None:
    may = [allows_own("delegations.answer", roles) for roles in ([], ["delegate"], ["delegate", "focal_point"])]
    assert may == [False, False, True]
