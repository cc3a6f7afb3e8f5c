"""Whoever works for two summits works for one at a time: it stays, and every address says which."""

import html
import re
from collections.abc import Iterator
from urllib.parse import urljoin

import pytest
from django.test import Client

from summit.admin_base import summit_scope
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in

pytestmark = pytest.mark.django_db
PARTIES = "/admin/delegations/party/"
SWITCH = re.compile(r'<details class="menu-of summits">.*?</details>', re.DOTALL)


@pytest.fixture
def two() -> tuple[Summit, Summit, Client]:
    """Return a summit, the one that is listed before it, and a client of whoever works for both."""
    new, old = f.SummitFactory(short_name="New"), f.SummitFactory(short_name="Old")
    user: User = f.UserFactory.with_role(Role.ORGANISER, old)
    for summit in (old, new):
        for role in (Role.ORGANISER, Role.PRESS_OFFICER):
            user.roles.get_or_create(summit=summit, role=role)
        party = f.PartyFactory(summit=summit, name="Tunisia")
        f.MembershipFactory(party=party)
        f.InvitationLinkFactory(invitation__party=party, invitation__state="sent", invitation__sent_at=f.START)
        f.EditionFactory(version__text__summit=summit)
        f.SessionFactory(summit=summit, title="Opening")
    return old, new, signed_in(user)


def shown(client: Client, address: str, referrer: str = "") -> Summit:
    """Return the summit of the page to which an address leads."""
    headers = {"referer": f"http://testserver{referrer}"} if referrer else {}
    page = client.get(address, follow=True, headers=headers)
    assert page.status_code == 200
    found: Summit = page.context["desk_summit"]
    return found


def test_the_choice_stays_and_stands_in_the_address(two: tuple[Summit, Summit, Client]) -> None:
    old, new, desk = two
    assert shown(desk, "/admin/") == new
    assert shown(desk, f"/admin/?summit={old.slug}") == old
    for address, wanted in (
        ("/admin/", f"/admin/?summit={old.slug}"),
        (PARTIES, f"{PARTIES}?summit__id__exact={old.pk}"),
        (f"{PARTIES}?q=tunisia", f"{PARTIES}?q=tunisia&summit__id__exact={old.pk}"),
        (f"{PARTIES}?summit={new.slug}", f"{PARTIES}?summit__id__exact={new.pk}"),
        ("/admin/delegations/badge/issue/", f"/admin/delegations/badge/issue/?summit={old.slug}"),
    ):
        led = desk.get(address)
        assert (led.status_code, led["Location"]) == (302, wanted), address
    assert shown(desk, "/admin/summit/user/") == old
    listed = desk.get(PARTIES, follow=True).context["cl"]
    assert [row.summit for row in listed.result_list] == [old]
    assert "summit" not in {spec.title for spec in listed.filter_specs if getattr(spec, "is_offered", True)}


def test_a_row_says_whose_page_it_is_and_two_tabs_stay_apart(two: tuple[Summit, Summit, Client]) -> None:
    old, new, desk = two
    page = f"{PARTIES}{old.parties.get().pk}/change/"
    assert (shown(desk, "/admin/"), shown(desk, page)) == (new, old)
    # Another tab looks at the other summit; whoever follows a link on the page of the row stays in theirs.
    assert shown(desk, f"/admin/?summit={new.slug}") == new
    assert shown(desk, "/admin/delegations/membership/", referrer=page) == old
    assert shown(desk, "/admin/delegations/membership/") == old
    assert shown(desk, "/admin/", referrer="/elsewhere/") == old


def test_whoever_works_for_one_has_plain_addresses(two: tuple[Summit, Summit, Client]) -> None:
    old, _new, _desk = two
    desk = signed_in(f.UserFactory.with_role(Role.ORGANISER, old))
    for address in ("/admin/", PARTIES, "/admin/search/?q=tunisia"):
        page = desk.get(address)
        assert (page.status_code, summit_scope.COOKIE in desk.cookies) == (200, False)
        assert f"summit__id__exact={old.pk}" not in page.content.decode().partition("<main")[0]


def test_a_foreign_summit_is_chosen_by_nothing(two: tuple[Summit, Summit, Client]) -> None:
    _old, new, desk = two
    foreign = f.SummitFactory()
    row = f.PartyFactory(summit=foreign)
    desk.cookies[summit_scope.COOKIE] = foreign.slug
    assert shown(desk, "/admin/") == new
    for referrer in (
        f"{PARTIES}{row.pk}/change/",
        f"/admin/?summit={foreign.slug}",
        "/admin/nowhere/",
        f"{PARTIES}x/",
    ):
        assert shown(desk, PARTIES, referrer=referrer) == new


@pytest.mark.broad("opens every page to which the pages of a summit lead")
def test_every_link_of_a_summits_page_leads_to_its_own(
    two: tuple[Summit, Summit, Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new, desk = two
    assert list(_wandered(desk, old, other=new)) == []
    # The control: without the page on which a link was followed, the other tab's summit is shown.
    monkeypatch.setattr(summit_scope, "_before", lambda request, listed: None)
    assert next(_wandered(desk, old, other=new), "")


def _wandered(desk: Client, summit: Summit, *, other: Summit) -> Iterator[str]:
    """Yield the addresses, on pages of a summit, that lead to another while a second tab shows that one."""
    waiting, kinds = [(f"/admin/?summit={summit.slug}", "")], set()
    while waiting:
        address, before = waiting.pop()
        kind = re.sub(r"\d+|[0-9a-z]{16}", "N", address.partition("?")[0])
        if kind in kinds:
            continue
        kinds.add(kind)
        desk.cookies[summit_scope.COOKIE] = other.slug
        page = desk.get(address, follow=True, headers={"referer": f"http://testserver{before}"})
        if page.status_code != 200 or not page.context or "desk_summit" not in page.context:
            continue
        if page.context["desk_summit"] != summit:
            yield f"{address} on {before}"
            continue
        now = f"{page.request['PATH_INFO']}?{page.request.get('QUERY_STRING', '')}"
        for found in re.findall(r'href="([^"#]+)"', SWITCH.sub("", page.content.decode())):
            to = urljoin(now, html.unescape(found))
            if to.startswith("/admin/") and not to.startswith(f"/admin/summit/summit/{other.pk}/"):
                waiting.append((to, now))
