"""What the database keeps apart is said at the field: of a row, among a page's rows, and to whoever is second."""

from typing import Any

import pytest
from django.contrib.admin.sites import site
from django.db import IntegrityError, models
from django.db.models import Q
from django.test import Client

from delegations.overview.admin.parties import PartyAdmin
from delegations.parties.models.parties import Party
from sessions.draft.models.participants import Participant
from summit.admin_base import forms as admin_base_forms
from summit.admin_base import messages as admin_base_messages
from summit.admin_base.model_admin import ReadOnlyAdmin, SummitModelAdmin
from summit.people.models import Person
from summit.permissions.models import Role
from tests import factories as f
from tests.clients import signed_in
from tests.summit.conftest import desk_of

pytestmark = pytest.mark.django_db
NUMBERS = ("TOTAL", "INITIAL")
TAKEN = "Another delegation in this summit has this name. Choose another name."


@pytest.fixture
def party() -> Party:
    return f.PartyFactory(name="Aland")


@pytest.fixture
def organiser(party: Party) -> Client:
    return desk_of(party.summit)


def party_form(party: Party, **values: Any) -> dict[str, Any]:
    names = ("kind", "name", "formal_name", "sort_key", "language", "flag", "public_listing")
    base = {name: getattr(party, name) for name in names} | {"recognised": "on"}
    for prefix in ("names", "focal_points", "contacts", "external_ids"):
        base |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    return {**base, **values}


def rows(prefix: str, *entries: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {f"{prefix}-TOTAL_FORMS": len(entries)}
    for number, entry in enumerate(entries):
        found |= {f"{prefix}-{number}-{name}": value for name, value in entry.items()}
    return found


def refused(response: Any, prefix: str = "") -> list[dict[str, Any]]:
    """Return what is said at the fields: of the page's own form, or of the rows of a formset."""
    assert response.status_code == 200
    if not prefix:
        return [dict(response.context["adminform"].form.errors)]
    found = [entry.formset for entry in response.context["inline_admin_formsets"]]
    return [dict(errors) for formset in found if formset.prefix == prefix for errors in formset.errors]


def save(client: Client, party: Party, **values: Any) -> Any:
    return client.post(f"/admin/delegations/party/{party.pk}/change/", party_form(party, **values))


class TestOfARow:
    def test_a_name_that_is_taken_and_a_flag_that_can_not_be_are_said_at_the_field(
        self, organiser: Client, party: Party, monkeypatch: Any
    ) -> None:
        f.PartyFactory(summit=party.summit, name="Bland")
        unrecognised = "The host doesn’t recognise this delegation. Choose no flag or a neutral flag."
        assert refused(save(organiser, party, recognised="", flag="own")) == [{"flag": [unrecognised]}]
        assert refused(save(organiser, party, name="Bland")) == [{"name": [TAKEN]}]
        # The control: the database refuses it.
        monkeypatch.setattr(admin_base_forms.SentencesForm, "validate_constraints", lambda form: None)
        monkeypatch.delattr(admin_base_forms.AgainMixin, "changeform_view")
        monkeypatch.setattr(Party, "full_clean", lambda *args, **kwargs: None)
        with pytest.raises(IntegrityError):
            save(organiser, party, name="Bland")

    def test_an_account_of_two_persons_is_said_at_the_account(self, party: Party) -> None:
        user = f.UserFactory.with_role(Role.VIEWER, party.summit)
        f.PersonFactory(summit=party.summit, user=user)
        person = f.PersonFactory(summit=party.summit)
        given = {"summit": party.summit_id, "name": "A", "office": "Minister", "language": "en", "user": user.pk}
        superuser = signed_in(f.UserFactory(is_superuser=True))
        response = superuser.post(f"/admin/summit/person/{person.pk}/change/", given)
        said = "This account belongs to another person in this summit. Each account belongs to one person."
        assert refused(response)[0].get("user") == [said]
        assert Person.objects.get(pk=person.pk).user is None


class TestAmongRows:
    def test_a_language_and_a_person_twice(self, organiser: Client, party: Party) -> None:
        entry = {"language": "fr", "name": "Pays"}
        form = party_form(f.PartyFactory.build(), summit=party.summit_id, name="New", **rows("names", entry, entry))
        said = [{}, {"language": ["The delegation already has a name in this language. Change that one."]}]
        assert refused(organiser.post("/admin/delegations/party/add/", form), "names") == said
        assert refused(save(organiser, party, **rows("names", entry, entry)), "names") == said
        person = {"person": f.PersonFactory(summit=party.summit).pk}
        focal = save(organiser, party, **rows("focal_points", person, person))
        said = [{}, {"person": ["This person is already a focal point for the delegation."]}]
        assert refused(focal, "focal_points") == said

    def test_a_participant_twice_in_a_new_session(self) -> None:
        session = f.SessionFactory()
        client = desk_of(session.summit)
        values = {"kind": "plenary", "title": "Opening", "visibility": "public"}
        for end, time in (("starts", "09:00"), ("ends", "10:00")):
            values |= {f"{end}_at_0": "2025-03-31", f"{end}_at_1": time}
        values |= {f"{each}-{name}_FORMS": "0" for each in ("texts", "interpretation", "slots") for name in NUMBERS}
        for who, make in (("party", f.PartyFactory), ("person", f.PersonFactory)):
            entry = {who: make(summit=session.summit).pk, "role": "participant", "position": 0}
            form = {**values, **rows("participants", entry, entry), "participants-INITIAL_FORMS": 0}
            response = client.post(f"/admin/agenda/session/{session.pk}/change/", form)
            said = f"This {who.replace('party', 'delegation')} is already in the session. Change that row."
            assert refused(response, "participants") == [{}, {who: [said]}]
        assert not Participant.objects.exists()

    def test_control_one_of_two_rows_is_lost(self, organiser: Client, party: Party, monkeypatch: Any) -> None:
        monkeypatch.setattr(admin_base_messages, "check_among", lambda *args: None)
        entries = [{"language": "fr", "name": name} for name in ("Pays", "Terre")]
        assert save(organiser, party, **rows("names", *entries)).status_code == 302
        assert list(party.names.values_list("name", flat=True)) == ["Terre"]


def test_whoever_is_second_is_looked_at_once_more(organiser: Client, party: Party, monkeypatch: Any) -> None:
    save_model = PartyAdmin.save_model
    names = ["Bland"]

    def late(self: PartyAdmin, *args: Any, **kwargs: Any) -> None:
        """Let somebody else take each name between the first look at the form and the writing."""
        if names:
            f.PartyFactory(summit=party.summit, name=names.pop(0))
        save_model(self, *args, **kwargs)

    monkeypatch.setattr(PartyAdmin, "save_model", late)
    # The other's row is written in this transaction too, and goes with it: what is tried is that it is looked at
    # once more, and that what was read before isn't shown.
    assert save(organiser, party, name="Bland").status_code == 302
    assert Party.objects.get(pk=party.pk).name == "Bland"
    # The control: without the second look it is an error.
    names.append("Cland")
    monkeypatch.delattr(admin_base_forms.AgainMixin, "changeform_view")
    with pytest.raises(Exception, match="Another delegation"):
        save(organiser, party, name="Cland")


def test_a_row_fulfils_a_condition(party: Party) -> None:
    for condition, found in (
        (None, True),
        (Q(name="Aland"), True),
        (Q(name="Bland"), False),
        (~Q(name="Bland"), True),
        (Q(protocol_order__isnull=True), True),
        (Q(protocol_order__isnull=False), False),
        (Q(name="Bland") | Q(flag="own"), True),
        (Q(name="Aland", flag="none"), False),
        (Q(name__startswith="Al"), True),
        (Q(name__startswith="Bl"), False),
    ):
        assert admin_base_forms.holds(condition, party) is found, condition
    assert list(admin_base_forms.names_in(Q(a=1) & (Q(b__isnull=True) | ~Q(c=2)))) == ["a", "b", "c"]
    assert list(admin_base_forms.names_in(None)) == []


def test_no_constraint_that_a_form_may_meet_shows_its_name() -> None:
    """What has a condition is called by its name in Django's sentence: here each has one of its own."""
    written = {desk.model for desk in site._registry.values() if isinstance(desk, SummitModelAdmin)}
    written -= {desk.model for desk in site._registry.values() if isinstance(desk, ReadOnlyAdmin)}
    written |= {inline.model for desk in site._registry.values() if desk.model in written for inline in desk.inlines}
    silent = {
        constraint.name
        for model in written
        for constraint in model._meta.constraints
        if isinstance(constraint, models.UniqueConstraint)
        and constraint.condition is not None
        and constraint.violation_error_message == constraint.default_violation_error_message
    }
    assert Party in written
    assert silent == set()
