"""What a view declares about its route is enforced before it runs."""

import functools
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from portal import visitor_identity
from summit.admin_base import summit_pages
from summit.permissions import route_access
from summit.permissions.models import Role
from summit.permissions.route_access import Access, Gate, access_of, attach, route
from summit.public_base.public_pages import public_page
from summit.summits.models import Summit
from tests import factories as f
from tests.delegations.helpers import sign_in


def page(request: HttpRequest, *args: Any) -> HttpResponse:
    return HttpResponse("the page")


def status(view: Callable[..., Any], method: str, **user: Any) -> int:
    request = getattr(RequestFactory(), method.lower())("/")
    request.user = user.get("user", AnonymousUser())
    answer: int = view(request).status_code
    return answer


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
