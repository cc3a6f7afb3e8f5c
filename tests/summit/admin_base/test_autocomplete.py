"""Selects in which one finds a row by typing: which rows they show to whom, and that no form carries them all."""

import re
from typing import Any

import pytest
from django.contrib import admin
from django.forms import Select
from django.test import Client
from django.utils import translation

from delegations.parties.models.parties import Party, PartyName
from summit.admin_base.autocomplete import FieldChoices, RowSelectMixin
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.clients import signed_in
from tests.summit.admin_base.helpers import request_of
from tests.summit.conftest import desk_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def summit() -> Summit:
    return f.SummitFactory(language="en")


def ask(client: Client, field: str, summit: Summit, term: str = "") -> list[str] | int:
    """Return what a field offers for a text, or the status of a refusal."""
    query = dict(zip(("app_label", "model_name", "field_name"), field.split("."), strict=True))
    response = client.get("/admin/autocomplete/", {**query, "summit": summit.slug, "term": term})
    if response.status_code != 200:
        return response.status_code
    return [row["text"] for row in response.json()["results"]]


class TestWhoSeesWhat:
    def test_only_rows_of_the_summit_at_hand(self, summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
        other, user = f.SummitFactory(), f.UserFactory.with_role(Role.PROGRAMME, summit)
        other.roles.create(user=user, role=Role.PROGRAMME)
        f.PartyFactory(summit=summit, name="Ownland")
        f.PartyFactory(summit=other, name="Otherland")
        client = signed_in(user)
        assert ask(client, "agenda.participant.party", summit, "land") == ["Ownland"]
        assert ask(client, "agenda.participant.party", other, "land") == ["Otherland"]
        # Control.
        desk: Any = admin.site.get_model_admin(Party)
        monkeypatch.setattr(type(desk), "summit_path", None)
        assert ask(client, "agenda.participant.party", summit, "land") == ["Otherland", "Ownland"]

    def test_who_may_not_see_or_write_is_refused(self, summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
        other, user = f.SummitFactory(), f.UserFactory.with_role(Role.PRESS_OFFICER, summit)
        other.roles.create(user=user, role=Role.VIEWER)
        for each in (summit, other):
            f.SlotFactory(session__summit=each, speaker__summit=each, speaker__office="Minister")
        officer, viewer = signed_in(user), desk_of(summit, Role.VIEWER)
        assert ask(officer, "agenda.slot.speaker", summit) == 404
        assert ask(officer, "press.text.people", summit) == ["Minister"]
        assert ask(officer, "press.text.people", other) == ask(viewer, "press.text.people", summit) == 404
        # Control.
        monkeypatch.setattr(FieldChoices, "has_view_permission", lambda *args, **kwargs: True)
        assert ask(viewer, "press.text.people", summit) == ["Minister"]

    def test_nobody_who_was_erased_is_offered(self, summit: Summit) -> None:
        f.PersonFactory(summit=summit, office="Minister of Ports")
        erased = {"erased_at": summit.created_at, "office": "Minister, erased"}
        Person.objects.filter(pk=f.PersonFactory(summit=summit).pk).update(**erased)
        found = ask(desk_of(summit, Role.PROGRAMME), "agenda.slot.speaker", summit, "minister")
        assert found == ["Minister of Ports"]


class TestFinding:
    def test_the_best_match_comes_first_by_its_name_in_the_readers_language(self, summit: Summit) -> None:
        for name in ("Federation of Chad", "Chad", "Chadland"):
            f.PartyFactory(summit=summit, name=name, sort_key=name)
        client = desk_of(summit, Role.PROGRAMME)
        found = ask(client, "agenda.participant.party", summit, "chad")
        assert found == ["Chad", "Chadland", "Federation of Chad"]
        party, desk = Party.objects.get(name="Chad"), admin.site.get_model_admin(Party)
        PartyName.objects.create(party=party, language="fr", name="Tchad")
        with translation.override("fr"):
            assert list(desk.choice_labels([party]).values()) == ["Tchad"]
        assert ask(client, "agenda.participant.party", summit, "tchad") == ["Chad"]


class TestForms:
    def test_what_is_chosen_is_asked_for_once(self, summit: Summit, django_assert_max_num_queries: Any) -> None:
        session = f.SessionFactory(summit=summit)
        for number in range(6):
            f.ParticipantFactory(session=session, party=f.PartyFactory(summit=summit, name=f"Land {number}"))
        client, path = desk_of(summit, Role.PROGRAMME), f"/admin/agenda/session/{session.pk}/edit/participants/"
        with django_assert_max_num_queries(28):
            page = client.get(path).content.decode()
        assert re.findall(r"selected>(Land \d)<", page) == [f"Land {number}" for number in range(6)]


MARK = "Canary"
# Pages with forms that aren't those of a model.
PAGES = (
    "/admin/agenda/session/{session}/speakers/",
    "/admin/agenda/session/{session}/edit/participants/",
    "/admin/press/text/add/?summit={slug}",
    "/admin/press/text/{text}/about/",
    "/admin/press/speechimportfile/upload/?summit={slug}&kind=speeches",
    "/admin/delegations/letters/{slug}/?purpose=delegation&language=en",
    "/admin/needs/{slug}/",
    "/admin/summit/person/",
    "/admin/delegations/membership/",
)


def _options(client: Client, path: str) -> list[str]:
    """Return what a page offers in its selects that is marked as a row, but for what is chosen."""
    response = client.get(path)
    assert response.status_code == 200, path
    return re.findall(rf'<option value="[^"]*">[^<]*{MARK}', response.content.decode(), re.IGNORECASE)


@pytest.mark.slow("opens each form of the desk")
def test_no_form_of_the_desk_offers_rows_among_its_options(summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    user = f.UserFactory.with_role(Role.ORGANISER, summit)
    for role in (Role.PRESS_OFFICER, Role.CONFERENCE_OFFICER):
        summit.roles.create(user=user, role=role)
    for number in (1, 2):
        session = f.SessionFactory(summit=summit, title=f"{MARK} session {number}")
        party = f.PartyFactory(summit=summit, name=f"{MARK}land {number}")
        member = f.MembershipFactory(party=party, person__name=f"{MARK} Zoe {number}")
        f.ParticipantFactory(session=session, party=party)
        f.SlotFactory(session=session, speaker=member.person, party=party)
        text = f.TextFactory(summit=summit, session=session, slug=f"{MARK.lower()}-{number}")
        f.EditionFactory(version__text=text, title=f"{MARK} speech {number}")
    client, request = signed_in(user), request_of(user)
    values = {"session": session.pk, "slug": summit.slug, "text": text.pk}
    adds = [
        f"/admin/{model._meta.app_label}/{model._meta.model_name}/add/?summit={summit.slug}"
        for model, desk in admin.site._registry.items()
        if desk.has_add_permission(request)
    ]
    pages = [path.format(**values) for path in PAGES]
    assert {path: found for path in (*adds, *pages) if (found := _options(client, path))} == {}
    # Control.
    monkeypatch.setattr(RowSelectMixin, "optgroups", Select.optgroups)
    assert [len(_options(client, path)) for path in (pages[0], pages[2])] == [4, 2]
