"""Who may do what on the ground floor: every action and every role, by equality; and what a view declares."""

import functools
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils.functional import Promise

from portal import visitor_identity
from summit.admin_base import summit_pages
from summit.permissions import route_access, rules
from summit.permissions.models import BY_HAND, DESKS, FOLLOWING, Role, RoleAssignment
from summit.permissions.route_access import Access, Gate, access_of, attach, route
from summit.permissions.rules import Rule
from summit.public_base.public_pages import public_page
from summit.summits.models import Summit
from tests import factories as f
from tests.delegations.helpers import sign_in
from tests.factories import SummitFactory, UserFactory
from tests.ratchets import hold, permissions

pytestmark = pytest.mark.django_db

WORKS = {
    *("organiser", "protocol", "accreditation", "vetting", "programme", "conference_officer"),
    *("press_officer", "press_approver", "viewer"),
}
PEOPLE = {"organiser", "protocol", "accreditation", "vetting", "programme"}
EXPECTED: dict[str, set[str]] = {
    "summit.summit.view": WORKS,
    "summit.summit.change": {"organiser"},
    "summit.summit.add": {"organiser"},
    "summit.venue.view": WORKS,
    "summit.venue.change": {"organiser", "programme"},
    "summit.room.view": WORKS,
    "summit.room.change": {"organiser", "programme"},
    "summit.listimportfile.view": {"organiser", "protocol", "programme", "press_officer"},
    "summit.listimportfile.change": set(),
    "summit.importfile.view": {"organiser", "protocol", "programme", "press_officer", "press_approver"},
    "summit.importfile.change": {"organiser", "protocol", "programme", "press_officer"},
    "summit.read_in_list": {"organiser", "protocol", "programme", "press_officer"},
    "summit.person.view": PEOPLE,
    "summit.person.change": {"organiser", "protocol"},
    "summit.hand_over_person": {"organiser"},
    "summit.agree_hand_over": {"vetting"},
    "summit.erase_person": {"organiser"},
    "summit.identityprovider.view": set(),
    "summit.identityprovider.change": set(),
    "summit.grouprole.view": {"organiser"},
    "summit.grouprole.change": {"organiser"},
    "summit.roleassignment.view": {"organiser"},
    "summit.roleassignment.change": {"organiser"},
    "summit.user.view": {"organiser"},
    "summit.user.change": set(),
    "summit.auditentry.view": {"organiser"},
    "summit.auditentry.change": set(),
    "summit.choose_account": {"organiser"},
    "summit.reset_second_step": {"organiser"},
    "summit.resume": {"organiser"},
    "summit.resume_installation": set(),
    "outbox.message.view": {"organiser", "protocol", "programme", "press_officer"},
    "outbox.message.change": set(),
    "outbox.send_again": {"organiser", "protocol"},
    "outbox.watch": {"organiser"},
}


def test_the_table() -> None:
    # The people of one's own party, to those who act for it.
    own = dict.fromkeys(("summit.person.view", "summit.importfile.view"), ("focal_point",))
    hold(permissions(("summit.", "outbox."), EXPECTED, own, f"{__file__} EXPECTED"))


def test_there_are_thirteen_roles_and_no_row_has_another() -> None:
    assert len(Role) == 13
    assert {str(role) for role in DESKS} == WORKS
    assert {str(role) for role in FOLLOWING} == {"focal_point", "delegate", "liaison_officer"}
    assert set(BY_HAND) == {*DESKS, Role.MEDIA_REPRESENTATIVE}
    assert all(isinstance(label, Promise) for label in (role._label_ for role in Role))
    assert {role for rule in rules.RULES.values() for role in rule.any | rule.own} <= set(Role.values)


@pytest.mark.parametrize("role", list(Role))
def test_every_action_by_every_role(role: Role) -> None:
    summit, other = SummitFactory(), SummitFactory()
    user = UserFactory.with_role(role, summit)
    allowed = {action for action in EXPECTED if rules.allows(user, action, summit)}
    assert allowed == {action for action, roles in EXPECTED.items() if role in roles}
    assert {action for action in EXPECTED if rules.allows(user, action, other)} == set()
    assert {action for action in EXPECTED if rules.allows(user, action, None)} == allowed
    assert {action for action in EXPECTED if rules.summits_for(user, action) == [summit.pk]} == allowed
    assert rules.can_use_admin(user) is (str(role) in WORKS)
    for action in EXPECTED:
        if action in allowed:
            rules.check(user, action, summit.pk)
        else:
            with pytest.raises(PermissionDenied, match="Roles that can do this"):
                rules.check(user, action, summit.pk)


def test_refusals_say_who_can() -> None:
    for action, who in (("person", "organiser, protocol"), ("user", "the system administrator")):
        with pytest.raises(PermissionDenied) as refused:
            rules.check(UserFactory(), f"summit.{action}.change", None)
        assert str(refused.value) == f"Roles that can do this: {who}."


def test_without_a_role_nothing_is_allowed() -> None:
    summit = SummitFactory()
    inactive, root = UserFactory(is_active=False), UserFactory(is_active=False, is_superuser=True)
    for user in (inactive, root):
        RoleAssignment.objects.create(user=user, summit=summit, role=Role.ORGANISER)
    for somebody in (AnonymousUser(), UserFactory(), inactive, root):
        allowed = {each for each in EXPECTED for where in (summit, None) if rules.allows(somebody, each, where)}
        assert (allowed, rules.can_use_admin(somebody)) == (set(), False), somebody
        assert {action for action in EXPECTED if rules.summits_for(somebody, action)} == set()


def test_whoever_sets_the_system_up_may_do_all() -> None:
    user = UserFactory(is_superuser=True)
    assert all(rules.allows(user, action, SummitFactory()) for action in EXPECTED)
    assert rules.summits_for(user, "summit.user.change") is None
    assert rules.can_use_admin(user)


def test_roles_cost_one_query(django_assert_num_queries: Any) -> None:
    summits = SummitFactory.create_batch(3)
    user = UserFactory()
    for summit in summits:
        RoleAssignment.objects.create(user=user, summit=summit, role=Role.VIEWER)
    with django_assert_num_queries(1):
        assert rules.can_use_admin(user)
        assert all(rules.allows(user, "summit.summit.view", summit) for summit in summits)
        assert rules.summits_for(user, "summit.summit.view") == [summit.pk for summit in summits]


def test_an_action_is_declared_once() -> None:
    both = (Role.ORGANISER, Role.PROTOCOL)
    rules.declare("outbox.send_again", both)
    for roles, own in ((both[:1], ()), (both, (Role.DELEGATE,))):
        with pytest.raises(ValueError, match="declared twice"):
            rules.declare("outbox.send_again", roles, own=own)


def test_an_action_and_rows_that_nobody_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(KeyError):
        rules.allows(AnonymousUser(), "summit.launch", None)
    monkeypatch.setitem(rules.RULES, "summit.launch", Rule(frozenset(), frozenset({"delegate"})))
    summit = SummitFactory()
    with pytest.raises(KeyError):
        rules.allows(UserFactory.with_role(Role.DELEGATE, summit), "summit.launch", summit, summit)


# --- what a view declares about its route is enforced before it runs ------------------------------------------------
def page(request: HttpRequest, *args: Any) -> HttpResponse:
    return HttpResponse("the page")


def status(view: Callable[..., Any], method: str, **user: Any) -> int:
    request = getattr(RequestFactory(), method.lower())("/")
    request.user = user.get("user", AnonymousUser())
    return view(request).status_code


def unrestricted(view: Callable[..., Any], access: Access) -> Callable[..., Any]:
    return functools.update_wrapper(functools.partial(view), view)


@pytest.mark.parametrize(
    ("methods", "allowed"), [("GET", "GET HEAD"), ("POST", "POST"), ("GET POST", "GET HEAD POST")]
)
def test_other_methods_get_a_405(methods: str, allowed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    view = route(Gate.EVERYBODY, methods)(page)
    answers = {method: status(view, method) for method in ("GET", "HEAD", "POST", "PUT", "DELETE")}
    assert answers == {method: 200 if method in allowed.split() else 405 for method in answers}
    # The control: the wrapper refuses them.
    monkeypatch.setattr(route_access, "restrict_methods", unrestricted)
    assert status(route(Gate.EVERYBODY, methods)(page), "PUT") == 200


def test_public_pages_only_read() -> None:
    view = public_page("public summit")(page)
    assert [status(view, method) for method in ("GET", "POST")] == [200, 405]
    assert access_of(view) == Access(Gate.EVERYBODY, kind="public summit")


def test_pages_of_the_portal_and_control(monkeypatch: pytest.MonkeyPatch) -> None:
    assert status(visitor_identity.portal_page("POST")(page), "GET") == 405
    monkeypatch.setattr(visitor_identity, "restrict_methods", unrestricted)
    monkeypatch.setattr(visitor_identity, "_viewer_required", lambda view: view)
    assert status(visitor_identity.portal_page("POST")(page), "GET") == 200


def test_account_pages_lead_to_the_sign_in_and_control(monkeypatch: pytest.MonkeyPatch) -> None:
    assert status(route(Gate.ACCOUNT)(page), "GET") == 302
    assert status(route(Gate.ACCOUNT)(page), "GET", user=f.UserFactory.build()) == 200
    monkeypatch.setattr(route_access, "login_required", lambda view: view)
    assert status(route(Gate.ACCOUNT)(page), "GET") == 200


def test_a_gate_that_it_does_not_enforce_is_refused() -> None:
    for gate in (Gate.PORTAL, Gate.DESK, Gate.API):
        with pytest.raises(ValueError, match="doesn't enforce"):
            route(gate)


@pytest.mark.django_db
class TestPagesOfTheDesk:
    def test_writing_asks_for_more(self, summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
        asked: list[str] = []
        monkeypatch.setattr(summit_pages, "check", lambda user, action, summit: asked.append(action))
        client: Client = sign_in(summit, Role.PROTOCOL)
        client.get(f"/admin/delegations/policy/{summit.slug}/")
        client.post(f"/admin/delegations/policy/{summit.slug}/")
        see, change = "delegations.policy.view", "delegations.policy.change"
        assert asked == [see, see, change]


def test_wrappers_keep_the_declaration() -> None:
    access = Access.of(Gate.DESK, "GET POST", see="summit.summit.view")
    view = attach(lambda request: HttpResponse(), access)
    assert access_of(route_access.restrict_methods(view, access)) is access
