"""What somebody writes into the addresses and forms of the desk's lists: other columns, and numbers that are none."""

import pytest
from django.contrib.admin import ModelAdmin
from django.contrib.admin import site as desks
from django.test import Client
from django.urls import reverse

from sessions.models import Session
from summit.desk.lookups import LookupsMixin
from summit.models import Person, Role, RoleAssignment, User
from tests import factories as f

pytestmark = pytest.mark.django_db
# More digits than Python takes: no database is asked.
LONG = pytest.param("9" * 5000, id="5000 digits", marks=pytest.mark.once)
TOO_LARGE = ("9" * 30, "-" + "9" * 19, LONG)
LISTS = sorted(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist" for model in desks._registry)
NO_KEYS = ("²", "\0", *TOO_LARGE)


@pytest.fixture
def desk() -> Client:
    client = Client()
    client.force_login(f.UserFactory(is_superuser=True))
    return client


def columns(name: str) -> list[str]:
    """Return comparisons of each column of a list's rows that no filter offers."""
    model = next(model for model in desks._registry if model._meta.model_name == name.split("_")[-2])
    fields = [field.name for field in model._meta.concrete_fields if not field.is_relation]
    return [f"{field}__{how}" for field in fields for how in ("regex", "startswith", "gt")]


@pytest.mark.parametrize("name", [name for name in LISTS if "auditentry" not in name])
def test_what_no_filter_offers_is_refused(name: str, desk: Client) -> None:
    for lookup in (*columns(name), "pk__regex", "id__gt", "pk__in"):
        assert desk.get(reverse(name), {lookup: "1"}).status_code == 400, lookup
    ignored = desk.get(reverse(name), {"nothing__regex": "1"})
    assert (ignored.status_code, ignored["Location"]) == (302, f"{reverse(name)}?e=1")


def test_the_filters_of_each_list_are_taken(desk: Client) -> None:
    summit = f.SummitFactory()
    taken = {
        "delegations_invitationlink": "invitation__party__summit__id__exact",
        "delegations_party": "summit__id__exact",
        "outbox_message": "created_at__year",
        "programme_session": "summit__id__exact",
        "summit_person": "email__isempty",
        "summit_roleassignment": "role__exact",
    }
    for name, lookup in taken.items():
        value = {"role__exact": "viewer", "email__isempty": "1", "created_at__year": "2026"}.get(lookup, summit.pk)
        assert desk.get(reverse(f"admin:{name}_changelist"), {lookup: value}).status_code == 200, name


def test_control_django_narrows_by_any_column(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = f.PersonFactory(name="Zoe Example", office="")
    f.PersonFactory(name="Adam Example")
    monkeypatch.setattr(LookupsMixin, "lookup_allowed", ModelAdmin.lookup_allowed)
    found = desk.get("/admin/summit/person/", {"name__regex": "^Zoe"})
    assert list(found.context["cl"].result_list) == [kept]
    assert Person.objects.count() == 2


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("number", ["\0", "9" * 30, LONG])
def test_numbers_of_pages_columns_and_filters(name: str, number: str, desk: Client) -> None:
    for lookup in ("o", "p", "q", "summit__id__exact", "kind__exact"):
        assert desk.get(reverse(name), {lookup: number}).status_code in (200, 302, 400), lookup


@pytest.mark.parametrize("year", ["1", "9999", "99999", "x"])
def test_years_from_which_one_cannot_count_on(year: str, desk: Client) -> None:
    f.SessionFactory(summit__time_zone="Asia/Tokyo")
    outbox = desk.get("/admin/outbox/message/", {"created_at__year": year})
    assert (outbox.status_code, outbox["Location"]) == (302, "/admin/outbox/message/?e=1")
    for day in (f"{year:0>4}-01-01", f"{year:0>4}-12-31"):
        assert desk.get("/admin/programme/session/", {"day": day}).status_code == 200
        for name in ("since", "until"):
            assert desk.get("/admin/summit/auditentry/", {name: day}).context["form"].errors.keys() == {name}


@pytest.mark.parametrize("number", NO_KEYS)
def test_objects_of_the_audit_that_can_be_none(number: str, desk: Client) -> None:
    venue = f.VenueFactory()
    found = desk.get("/admin/summit/auditentry/", {"of": f"summit.venue:{number}"})
    assert found.context["slice"].entries == []
    assert desk.get(f"/admin/summit/venue/{venue.pk}/history/", {"deed": number}).status_code == 200
    assert desk.get("/admin/delegations/party/invite/", {"summit": number}).status_code == 404


@pytest.mark.parametrize("number", NO_KEYS)
def test_rows_that_are_ticked_and_can_be_none(number: str, desk: Client) -> None:
    session = f.SessionFactory()
    given = {"action": "cancel_sessions", "_selected_action": number}
    for name in LISTS:
        answer = desk.post(reverse(name), given)
        assert answer.status_code in (200, 302, 405), name
    both = {"action": "delete_selected", "_selected_action": [number, "1"], "index": number}
    assert desk.post("/admin/summit/venue/", both).status_code in (200, 302, 403)
    assert Session.objects.get() == session


@pytest.mark.parametrize("number", ["x", *NO_KEYS])
def test_roles_in_summits_that_can_be_none(number: str, desk: Client) -> None:
    summit = f.SummitFactory()
    path = "/admin/summit/roleassignment/add/"
    assert desk.get(path, {"email": number, "summit": number, "role": number}).status_code == 200
    given = {"email": "zoe@host.example", "name": "Zoe", "role": Role.VIEWER}
    refused = desk.post(path, {**given, "summit": number})
    assert refused.status_code == 200
    assert "summit" in refused.context["adminform"].form.errors
    assert RoleAssignment.objects.count() == 0
    # The control: a summit's own key.
    assert desk.post(path, {**given, "summit": summit.pk}).status_code == 302
    assert User.objects.get(roles__role=Role.VIEWER).email == "zoe@host.example"


@pytest.mark.parametrize("number", ["x", *NO_KEYS])
def test_rows_of_a_party_that_can_be_none(number: str, desk: Client) -> None:
    party = f.PartyFactory()
    path = f"/admin/delegations/party/{party.pk}/change/"
    rows = ("names", "focal_points", "external_ids")
    none = {f"{name}-{form}_FORMS": "0" for name in rows for form in ("TOTAL", "INITIAL")}
    # In all of them at once: each is read, whatever is wrong with the others.
    counts = {f"{prefix}-{form}_FORMS": many for prefix in rows for form, many in (("TOTAL", "2"), ("INITIAL", "1"))}
    for field in ("id", "person", "party", "position"):
        for form in ("0", "1"):
            given = {**none, **counts, **{f"{prefix}-{form}-{field}": number for prefix in rows}}
            assert desk.post(path, given).status_code == 200, (field, form)
    for name in none:
        answer = desk.post(path, {**none, name: number})
        assert answer.status_code == 200, name
        assert max(len(each.formset.forms) for each in answer.context["inline_admin_formsets"]) <= 200


def test_new_rows_begin_with_no_moment_from_an_address(desk: Client) -> None:
    f.SummitFactory()
    for path, name in (("summit/summit", "answer_by"), ("programme/session", "starts_at")):
        assert desk.get(f"/admin/{path}/add/", {name: "soon"}).status_code == 200


@pytest.mark.parametrize("zone", ["Nowhere", "../etc", "\0", "9" * 300, "Europe"])
def test_a_zone_that_is_none_is_refused_in_words(zone: str, desk: Client) -> None:
    summit = f.SummitFactory()
    answer = desk.post(f"/admin/summit/summit/{summit.pk}/change/", {"time_zone": zone})
    assert answer.status_code == 200
    assert "time_zone" in answer.context["adminform"].form.errors
