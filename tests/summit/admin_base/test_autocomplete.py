"""Selects in which one finds a row by typing: which rows they show to whom, and that no form carries them all."""

import re
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.forms import Select
from django.test import Client, RequestFactory
from django.utils import translation

from delegations.parties.models.parties import Party, PartyName
from press.texts.admin.forms import speeches
from sessions.draft.models.sessions import Session
from sessions.speakers.admin.forms import SpeechForm
from summit.admin_base import edit_conflicts
from summit.admin_base.autocomplete import FieldChoices, RowSelectMixin
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.clients import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def summit() -> Summit:
    return f.SummitFactory(language="en")


def sign_in(summit: Summit, role: Role) -> Client:
    return signed_in(f.UserFactory.with_role(role, summit))


def ask(client: Client, field: str, summit: Summit, term: str = "") -> list[str] | int:
    """Return what a field offers for a text, or the status of a refusal."""
    app, model, name = field.split(".")
    query = {"app_label": app, "model_name": model, "field_name": name, "summit": summit.slug, "term": term}
    response = client.get("/admin/autocomplete/", query)
    return (
        [row["text"] for row in response.json()["results"]] if response.status_code == 200 else response.status_code
    )


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
        desk: Any = admin.site.get_model_admin(apps.get_model("delegations.party"))
        monkeypatch.setattr(type(desk), "summit_path", None)
        assert ask(client, "agenda.participant.party", summit, "land") == ["Otherland", "Ownland"]

    def test_whoever_may_not_see_the_rows_is_refused(self, summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
        f.SlotFactory(session__summit=summit, speaker__summit=summit, speaker__office="Minister")
        officer, viewer = sign_in(summit, Role.PRESS_OFFICER), sign_in(summit, Role.VIEWER)
        assert ask(officer, "agenda.slot.speaker", summit) == 404
        assert ask(officer, "press.text.people", summit) == ["Minister"]
        assert ask(viewer, "press.text.people", summit) == 404
        # Control.
        monkeypatch.setattr(FieldChoices, "has_view_permission", lambda *args, **kwargs: True)
        assert ask(viewer, "press.text.people", summit) == ["Minister"]

    def test_a_summit_in_which_one_may_not_write_offers_nothing(self, summit: Summit) -> None:
        other, user = f.SummitFactory(), f.UserFactory.with_role(Role.PRESS_OFFICER, summit)
        other.roles.create(user=user, role=Role.VIEWER)
        for each in (summit, other):
            f.SlotFactory(session__summit=each, speaker__summit=each, speaker__office="Minister")
        assert ask(signed_in(user), "press.text.people", summit) == ["Minister"]
        assert ask(signed_in(user), "press.text.people", other) == 404

    def test_nobody_who_was_erased_is_offered(self, summit: Summit) -> None:
        f.PersonFactory(summit=summit, office="Minister of Ports")
        gone = f.PersonFactory(summit=summit, office="Minister of Elsewhere")
        type(gone).objects.filter(pk=gone.pk).update(erased_at=summit.created_at, office="Minister, erased")
        assert ask(sign_in(summit, Role.PROGRAMME), "agenda.slot.speaker", summit, "minister") == [
            "Minister of Ports"
        ]


class TestFinding:
    def test_the_best_match_comes_first_by_its_name_in_the_readers_language(self, summit: Summit) -> None:
        for name in ("Federation of Chad", "Chad", "Chadland"):
            f.PartyFactory(summit=summit, name=name, sort_key=name)
        client = sign_in(summit, Role.PROGRAMME)
        found = ask(client, "agenda.participant.party", summit, "chad")
        assert found == ["Chad", "Chadland", "Federation of Chad"]
        party, desk = Party.objects.get(name="Chad"), admin.site.get_model_admin(Party)
        PartyName.objects.create(party=party, language="fr", name="Tchad")
        with translation.override("fr"):
            assert list(desk.choice_labels([party]).values()) == ["Tchad"]
        assert ask(client, "agenda.participant.party", summit, "tchad") == ["Chad"]

    def test_a_speech_is_found_by_speaker_and_session(self, summit: Summit) -> None:
        for title in ("Opening", "Plenary"):
            session = f.SessionFactory(summit=summit, title=title)
            f.SlotFactory(session=session, speaker__summit=summit, speaker__name="Ana Silva", speaker__office="")
        client = sign_in(summit, Role.PRESS_OFFICER)
        assert ask(client, "press.text.slot", summit, "plen silva") == ["Ana Silva (Plenary)"]
        assert ask(client, "press.text.slot", summit, "a\0na plenary") == ["Ana Silva (Plenary)"]
        assert speeches(summit).count() == 2


class TestForms:
    def test_a_row_knows_what_is_chosen_and_asks_once_for_all(
        self, summit: Summit, django_assert_max_num_queries: Any
    ) -> None:
        session = f.SessionFactory(summit=summit)
        for number in range(6):
            f.ParticipantFactory(session=session, party=f.PartyFactory(summit=summit, name=f"Land {number}"))
        client, path = sign_in(summit, Role.PROGRAMME), f"/admin/agenda/session/{session.pk}/edit/participants/"
        with django_assert_max_num_queries(28):
            page = client.get(path).content.decode()
        assert re.findall(r"selected>(Land \d)<", page) == [f"Land {number}" for number in range(6)]

    def test_what_somebody_else_changed_is_said_by_name(self, summit: Summit) -> None:
        party = f.PartyFactory(summit=summit, name="Ownland")
        foreign = f.PartyFactory(name="Foreignland")
        form_field = SpeechForm(session=f.SessionFactory(summit=summit)).fields["party"]
        assert edit_conflicts.display(form_field, {"": str(party.pk)}) == "Ownland"
        assert edit_conflicts.display(form_field, {"": str(foreign.pk)}) == str(foreign.pk)
        assert edit_conflicts.display(form_field, {"": "not a key"}) == "not a key"


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


def _grow(summit: Summit, session: Session) -> None:
    for _number in range(6):
        party = f.PartyFactory(summit=summit)
        member = f.MembershipFactory(party=party, person__summit=summit, category__summit=summit)
        f.SlotFactory(session=session, speaker=member.person, party=party)
        f.TextFactory(summit=summit, session=f.SessionFactory(summit=summit))


def _options(client: Client, path: str) -> int:
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.count(b"<option")


@pytest.mark.slow("opens each form of the desk twice")
def test_no_form_of_the_desk_has_more_options_where_there_are_more_rows(
    summit: Summit, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = f.UserFactory.with_role(Role.ORGANISER, summit)
    for role in (Role.PRESS_OFFICER, Role.CONFERENCE_OFFICER):
        summit.roles.create(user=user, role=role)
    session = f.SessionFactory(summit=summit)
    f.ParticipantFactory(session=session, party=f.PartyFactory(summit=summit))
    _grow(summit, session)
    text = f.EditionFactory(version__text__summit=summit).version.text
    client, request = signed_in(user), RequestFactory().get("/admin/")
    request.user = user
    values = {"session": session.pk, "slug": summit.slug, "text": text.pk}
    adds = [
        f"/admin/{model._meta.app_label}/{model._meta.model_name}/add/?summit={summit.slug}"
        for model, desk in admin.site._registry.items()
        if desk.has_add_permission(request)
    ]
    paths = [*adds, *(path.format(**values) for path in PAGES)]
    few = {path: _options(client, path) for path in paths}
    _grow(summit, session)
    assert {path: _options(client, path) for path in paths} == few
    # Control.
    monkeypatch.setattr(RowSelectMixin, "optgroups", Select.optgroups)
    for path in (PAGES[0].format(**values), PAGES[2].format(**values)):
        assert _options(client, path) >= few[path] + 12
