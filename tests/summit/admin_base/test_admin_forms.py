"""Forms of the desk: what the database refuses is said at the field, and what is done in few words."""

import re
from typing import Any

import pytest
from django.contrib.admin.sites import site
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models
from django.db.models import Q
from django.test import Client

from delegations.overview.admin.parties import PartyAdmin
from delegations.parties.models.parties import Party
from sessions.draft.models.kinds import CustomKind
from summit.admin_base import forms as admin_base_forms
from summit.admin_base import messages as admin_base_messages
from summit.admin_base.model_admin import ReadOnlyAdmin, SummitModelAdmin
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.clients import signed_in

pytestmark = pytest.mark.django_db
ADD_PARTY, PERSON, KINDS = "/admin/delegations/party/add/", "/admin/summit/person/", "/admin/agenda/customkind/"
NUMBERS = ("TOTAL", "INITIAL")


@pytest.fixture
def party(summit: Summit) -> Party:
    return f.PartyFactory(summit=summit, name="Aland")


def party_form(party: Party, **values: Any) -> dict[str, Any]:
    names = ("kind", "name", "formal_name", "sort_key", "language", "flag", "public_listing")
    base = {name: getattr(party, name) for name in names} | {"recognised": "on"}
    rows = ("names", "focal_points", "contacts", "external_ids")
    return {**base, **{f"{each}-{name}_FORMS": 0 for each in rows for name in NUMBERS}, **values}


def rows(prefix: str, *entries: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {f"{prefix}-TOTAL_FORMS": len(entries)}
    for number, entry in enumerate(entries):
        found |= {f"{prefix}-{number}-{name}": value for name, value in entry.items()}
    return found


def refused(response: Any, prefix: str = "") -> list[dict[str, Any]]:
    """Return what is said at the fields: of the page's own form, or of the rows of a formset."""
    assert response.status_code == 200
    assert b"Constraint" not in response.content
    if not prefix:
        return [dict(response.context["adminform"].form.errors)]
    found = [entry.formset for entry in response.context["inline_admin_formsets"]]
    return [dict(errors) for formset in found if formset.prefix == prefix for errors in formset.errors]


def save(client: Client, party: Party, **values: Any) -> Any:
    return client.post(f"/admin/delegations/party/{party.pk}/change/", party_form(party, **values))


# --- what is refused ------------------------------------------------------------------------------------------------
def test_what_a_delegation_can_t_be_is_said_at_the_field(desk: Client, party: Party, monkeypatch: Any) -> None:
    f.PartyFactory(summit=party.summit, name="Bland", is_host=True)
    taken = "Another delegation in this summit has this name. Choose another name."
    unrecognised = "The host doesn’t recognise this delegation. Choose no flag or a neutral flag."
    code = "Delegations of this type have no code. Leave this blank."
    host = "The summit already has a host. There can be only one."
    for values, said in (
        ({"recognised": "", "flag": "own"}, {"flag": [unrecognised]}),
        ({"name": "Bland"}, {"name": [taken]}),
        ({"kind": "organisation", "iso_code": "FR"}, {"iso_code": [code]}),
        ({"is_host": "on"}, {"is_host": [host]}),
    ):
        assert refused(save(desk, party, **values)) == [said]
    # The control: the database refuses it.
    monkeypatch.setattr(admin_base_forms.SentencesForm, "validate_constraints", lambda form: None)
    monkeypatch.delattr(admin_base_forms.AgainMixin, "changeform_view")
    monkeypatch.setattr(Party, "full_clean", lambda *args, **kwargs: None)
    with pytest.raises(IntegrityError):
        save(desk, party, name="Bland")


def test_a_person_has_a_name_or_an_office_and_an_account_of_their_own(summit: Summit) -> None:
    user, person = f.UserFactory.with_role(Role.VIEWER, summit), f.PersonFactory(summit=summit)
    f.PersonFactory(summit=summit, user=user)
    given = {"summit": summit.pk, "name": " ", "office": "", "language": "en"}
    superuser = signed_in(f.UserFactory(is_superuser=True))
    answer = superuser.post(f"{PERSON}{person.pk}/change/", {**given, "office": "Minister", "user": user.pk})
    said = "This account belongs to another person in this summit. Each account belongs to one person."
    assert refused(answer)[0].get("user") == [said]
    assert Person.objects.get(pk=person.pk).user is None
    answer = superuser.post(f"{PERSON}add/", given)
    assert refused(answer) == [{"name": ["Enter a name or the office held."]}]
    # The page's own title is no heading of what stops it.
    assert "<h2>There is a problem</h2>" in answer.content.decode()
    assert superuser.post(f"{PERSON}add/", {**given, "office": "Minister"}).status_code == 302


def test_a_speech_of_no_minutes(summit: Summit) -> None:
    slot = f.SlotFactory(session__summit=summit, speaker__summit=summit)
    slot.minutes = 0
    with pytest.raises(ValidationError) as error:
        slot.full_clean()
    assert error.value.message_dict == {"minutes": ["Enter at least one minute."]}


class TestAmongRows:
    def test_a_language_and_a_person_twice(self, desk: Client, party: Party, monkeypatch: Any) -> None:
        entry, person = {"language": "fr", "name": "Pays"}, {"person": f.PersonFactory(summit=party.summit).pk}
        twice = {**rows("names", entry, entry), **rows("focal_points", person, person)}
        said = {
            "names": [{}, {"language": ["The delegation already has a name in this language. Change that one."]}],
            "focal_points": [{}, {"person": ["This person is already a focal point for the delegation."]}],
        }
        new = party_form(f.PartyFactory.build(), summit=party.summit_id, name="New", **twice)
        for answer in (desk.post(ADD_PARTY, new), save(desk, party, **twice)):
            assert {name: refused(answer, name) for name in said} == said
        # The control: one of two rows is lost.
        monkeypatch.setattr(admin_base_messages, "check_among", lambda *args: None)
        entries = [{"language": "fr", "name": name} for name in ("Pays", "Terre")]
        assert save(desk, party, **rows("names", *entries)).status_code == 302
        assert list(party.names.values_list("name", flat=True)) == ["Terre"]


def test_whoever_is_second_is_looked_at_once_more(desk: Client, party: Party, monkeypatch: Any) -> None:
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
    assert save(desk, party, name="Bland").status_code == 302
    assert Party.objects.get(pk=party.pk).name == "Bland"
    # The control: without the second look it is an error.
    names.append("Cland")
    monkeypatch.delattr(admin_base_forms.AgainMixin, "changeform_view")
    with pytest.raises(Exception, match="Another delegation"):
        save(desk, party, name="Cland")


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


# --- what is said of what was done ----------------------------------------------------------------------------------


def headings(page: str) -> tuple[str, str]:
    """Return what a page's window and its first heading say."""
    titles, heads = (re.findall(rf"<{tag}>(.*?)</{tag}>", page) for tag in ("title", "h1"))
    return titles[0], heads[0]


def test_deletions_are_asked_and_refused_in_the_words_of_this_house(desk: Client, summit: Summit) -> None:
    free, kept = (CustomKind.objects.create(summit=summit, name=name, like="plenary") for name in ("Fire", "Rite"))
    session = f.SessionFactory(summit=summit, custom_kind=kept, kind="plenary")
    link, first = f'href="/admin/agenda/session/{session.pk}/"', "Change the type of these sessions first:"

    def chosen(*rows: CustomKind, **more: str) -> str:
        given = {"action": "delete_selected", "_selected_action": [row.pk for row in rows], **more}
        return desk.post(KINDS, given, follow=True).content.decode()

    for page, title, stopped in (
        (desk.get(f"{KINDS}{kept.pk}/delete/").content.decode(), "“Rite” can’t be deleted", True),
        (chosen(free), "Delete “Fire”?", False),
        (chosen(free, kept), "Nothing deleted", True),
        (chosen(free, kept, post="yes"), "Nothing deleted", True),
    ):
        assert headings(page) == (f"{title} · {summit.short_name}", title)
        assert (first in page, link in page) == (stopped, stopped)
    assert CustomKind.objects.count() == 2
    assert "“Fire” deleted." in chosen(free, post="yes")
    assert list(CustomKind.objects.all()) == [kept]
