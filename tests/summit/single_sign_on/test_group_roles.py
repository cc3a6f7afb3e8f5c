"""Roles by groups: given and taken at sign-ins, over after eight hours, and told apart from those by hand."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from summit.accounts import role_assignments
from summit.accounts.role_assignments import LastOrganiser
from summit.audit import rendering
from summit.audit.models import AuditEntry
from summit.permissions import rules
from summit.permissions.models import Role, RoleAssignment
from summit.permissions.rules import allows
from summit.single_sign_on import group_roles, provider_services
from summit.single_sign_on.models import GroupRole
from summit.summits.models import Summit
from summit.users.models import User
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
ISSUER = "https://idp.example"


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def group(summit: Summit, name: str = "press", role: str = Role.PRESS_OFFICER, issuer: str = ISSUER) -> GroupRole:
    return GroupRole.objects.create(issuer=issuer, group=name, summit=summit, role=role)


def let_time_pass(**passed: float) -> None:
    for row in RoleAssignment.all_rows.exclude(until=None):
        assert row.until is not None
        RoleAssignment.all_rows.filter(pk=row.pk).update(until=row.until - timedelta(**passed))


def test_it_is_over_after_eight_hours_without_a_sweep(summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    group(summit)
    user = UserFactory()
    group_roles.apply(user=user, issuer=ISSUER, groups=["press"])
    let_time_pass(hours=7.99)
    assert allows(fresh(user), "press.text.view", summit)
    let_time_pass(hours=0.02)
    assert not allows(fresh(user), "press.text.view", summit)
    assert list(user.roles.all()) == []
    # The control: without the manager that leaves it out, it would still give what it gave.
    monkeypatch.setattr(RoleAssignment, "objects", RoleAssignment.all_rows)
    monkeypatch.setattr(rules, "_GIVEN", rules.Prepared(rules._assigned_role_rows))
    assert allows(fresh(user), "press.text.view", summit)


def test_a_sweep_deletes_and_records_what_is_over(summit: Summit) -> None:
    group(summit)
    user, other = UserFactory(), UserFactory.with_role(Role.PRESS_OFFICER, summit)
    for each in (user, other):
        group_roles.apply(user=each, issuer=ISSUER, groups=["press"])
    assert group_roles.end_over() == 0
    let_time_pass(hours=8.01)
    assert group_roles.end_over() == 2
    assert not RoleAssignment.all_rows.filter(user=user).exists()
    kept = RoleAssignment.objects.get(user=other)
    assert (kept.by_hand, kept.until, kept.issuer) == (True, None, "")
    entry = AuditEntry.objects.get(action="summit.end_role_by_group")
    line = rendering.render([entry])[0]
    assert line.what == "ended the role “press officer” by a group eight hours after the sign-in"
    assert [other.name for other in line.others] == [str(user)]
    given = AuditEntry.objects.filter(action="summit.give_role_by_group")
    assert rendering.render(given)[0].what == "gave the role “press officer” by the group “press”"


def test_the_audit_says_which_role_it_was(summit: Summit) -> None:
    row = group(summit)
    organiser, user = UserFactory.with_role(Role.ORGANISER, summit), UserFactory()
    group_roles.apply(user=user, issuer=ISSUER, groups=["press"])
    group_roles.apply(user=user, issuer=ISSUER, groups=[])
    provider_services.take_group_role(row=row, by=organiser)
    role_assignments.give(summit=summit, user=user, role=Role.VIEWER, by=organiser)
    role_assignments.remove(assignments=list(user.roles.all()), by=organiser)
    entries = AuditEntry.objects.order_by("pk")
    assert [(line.row.kind, line.row.name) for line in rendering.render(entries)] == [
        ("role", "press officer"),
        ("role", "press officer"),
        ("role by group", "press: press officer"),
        ("role", "viewer"),
        ("role", "viewer"),
    ]
    # One that doesn't say it has its key, as before.
    bare = AuditEntry(action="summit.roleassignment.remove", object_type="summit.roleassignment", object_key="7")
    assert rendering.render([bare])[0].row.name == "since deleted (7)"


def test_what_was_given_by_hand_stays(summit: Summit) -> None:
    group(summit)
    user = UserFactory.with_role(Role.PRESS_OFFICER, summit)
    group_roles.apply(user=user, issuer=ISSUER, groups=["press"])
    row = RoleAssignment.objects.get(user=user)
    assert (row.by_hand, row.issuer, row.until is None) == (True, ISSUER, False)
    group_roles.apply(user=user, issuer=ISSUER, groups=[])
    row.refresh_from_db()
    assert (row.by_hand, row.issuer, row.until) == (True, "", None)


def test_a_role_by_a_group_can_be_given_by_hand_as_well(summit: Summit) -> None:
    group(summit)
    organiser, user = UserFactory.with_role(Role.ORGANISER, summit), UserFactory()
    group_roles.apply(user=user, issuer=ISSUER, groups=["press"])
    assert role_assignments.give(summit=summit, user=user, role=Role.PRESS_OFFICER, by=organiser) is True
    assert role_assignments.give(summit=summit, user=user, role=Role.PRESS_OFFICER, by=organiser) is False
    group_roles.apply(user=user, issuer=ISSUER, groups=[])
    assert RoleAssignment.objects.filter(user=user).exists()


def test_another_provider_takes_nothing(summit: Summit) -> None:
    group(summit)
    user = UserFactory()
    group_roles.apply(user=user, issuer=ISSUER, groups=["press"])
    group_roles.apply(user=user, issuer="https://other.example", groups=["press"])
    assert RoleAssignment.objects.filter(user=user).exists()


def test_a_role_that_is_over_is_given_again(summit: Summit) -> None:
    group(summit)
    user = UserFactory()
    for _day in range(2):
        group_roles.apply(user=user, issuer=ISSUER, groups=["press"])
        assert RoleAssignment.objects.filter(user=user).exists()
        let_time_pass(hours=9)
    assert AuditEntry.objects.filter(action="summit.give_role_by_group").count() == 2


def test_an_organiser_by_a_group_does_not_replace_one_by_hand(summit: Summit) -> None:
    group(summit, "heads", Role.ORGANISER)
    organiser, other = UserFactory.with_role(Role.ORGANISER, summit), UserFactory()
    group_roles.apply(user=other, issuer=ISSUER, groups=["heads"])
    with pytest.raises(LastOrganiser):
        role_assignments.remove(assignments=list(organiser.roles.all()), by=organiser)


@pytest.mark.parametrize(
    "values", [{"by_hand": False}, {"by_hand": True, "issuer": ISSUER}, {"by_hand": False, "until": Now()}]
)
def test_the_database_refuses_a_role_from_nowhere(summit: Summit, values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleAssignment.all_rows.create(summit=summit, user=UserFactory(), role=Role.VIEWER, **values)
