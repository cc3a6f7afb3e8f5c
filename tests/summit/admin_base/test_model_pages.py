"""The pages that a ModelAdmin has besides Django's: found, checked and declared before their method runs."""

import pytest
from django.contrib import admin
from django.urls import reverse

from delegations.badges.admin.badges import BadgeAdmin
from delegations.badges.models.badges import Badge
from delegations.parties.models.parties import Party
from summit.admin_base import model_pages
from summit.admin_base.model_pages import ModelPage
from summit.permissions.models import Role
from summit.permissions.route_access import Access, Gate
from summit.summits.models import Summit
from tests import factories as f
from tests.delegations.helpers import sign_in

pytestmark = pytest.mark.django_db
ROLES = (Role.ACCREDITATION, Role.VETTING, Role.PRESS_OFFICER)
REISSUE = "admin:delegations_badge_reissue"


@pytest.fixture
def party(summit: Summit) -> Party:
    return f.PartyFactory(summit=summit)


def reissue(badge: Badge, role: Role, summit: Summit) -> int:
    status: int = sign_in(summit, role).get(reverse(REISSUE, args=[badge.pk])).status_code
    return status


class TestRow:
    def test_what_one_may_not_see_is_not_there_and_what_one_may_not_do_is_refused(self, party: Party) -> None:
        badge, foreign = f.BadgeFactory(party=party), f.BadgeFactory()
        answers = [
            reissue(badge, role, party.summit) for role in (Role.ACCREDITATION, Role.VETTING, Role.PRESS_OFFICER)
        ]
        assert answers == [200, 403, 404]
        assert reissue(foreign, Role.ACCREDITATION, party.summit) == 404

    def test_control_the_page_itself_refuses_nobody(self, party: Party, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(model_pages, "check", lambda *args: None)
        assert reissue(f.BadgeFactory(party=party), Role.VETTING, party.summit) == 200

    def test_control_the_row_is_found_by_whom_it_is_shown_to(
        self, party: Party, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(BadgeAdmin, "admit", lambda self, request, verb, pk: Badge.objects.get(pk=pk))
        monkeypatch.setattr(model_pages, "check", lambda *args: None)
        assert reissue(f.BadgeFactory(party=party), Role.PRESS_OFFICER, party.summit) == 200

    def test_a_method_that_is_not_declared_gets_a_405(self, party: Party) -> None:
        client = sign_in(party.summit, Role.ACCREDITATION)
        assert client.delete(reverse(REISSUE, args=[f.BadgeFactory(party=party).pk])).status_code == 405
        assert client.post(reverse("admin:delegations_badge_check")).status_code == 405


class TestList:
    def test_it_asks_for_what_it_does_in_any_summit(self, summit: Summit) -> None:
        address = reverse("admin:delegations_badge_issue")
        answers = [sign_in(summit, role).get(address).status_code for role in ROLES]
        assert answers == [200, 403, 404]

    def test_control_it_is_asked_before_the_page(self, summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(model_pages, "check", lambda *args: None)
        address = reverse("admin:delegations_handover_waiting")
        assert sign_in(summit, Role.PRESS_OFFICER).get(address).status_code == 404
        monkeypatch.setattr(model_pages, "allows", lambda *args: True)
        monkeypatch.setattr("delegations.membership_changes.admin.handovers._groups", lambda *args: [])
        monkeypatch.setattr("summit.admin_base.model_admin.RoleMixin.has_view_permission", lambda *args: True)
        assert sign_in(summit, Role.PRESS_OFFICER).get(address).status_code == 200


class TestDeclaration:
    @pytest.mark.parametrize(
        ("page", "kind", "see"),
        [
            (ModelPage("issue/", "issue"), "", "delegations.badge.view"),
            (ModelPage("<int:pk>/x/", "x"), "delegations.badge", "delegations.badge.view"),
            (ModelPage("<int:pk>/x/", "x", subset="lost"), "delegations.badge lost", "delegations.badge.view"),
            (ModelPage("<slug:slug>/x/", "x"), "summit.summit", "delegations.badge.view"),
            (
                ModelPage("<int:pk>/x/", "x", kind="agenda.slot", see="agenda.slot.view"),
                "agenda.slot",
                "agenda.slot.view",
            ),
        ],
    )
    def test_it_follows_from_the_path_and_the_model(self, page: ModelPage, kind: str, see: str) -> None:
        access = BadgeAdmin(Badge, admin.site)._access_of(page)
        assert access == Access.of(Gate.DESK, "GET POST", kind=kind, see=see)

    def test_a_method_that_is_overridden_keeps_its_page(self) -> None:
        class Other(BadgeAdmin):
            def end_view(self, request: object) -> None:  # type: ignore[override]
                raise NotImplementedError

        views = {page.name: method for page, method in Other(Badge, admin.site)._pages()}
        assert views["end"].__qualname__.endswith("Other.end_view")
        assert {"issue", "check", "paper", "reissue", "end", "table"} == views.keys()
