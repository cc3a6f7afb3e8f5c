"""What somebody writes into the addresses and forms of the desk's lists: other columns, and numbers that are none."""

from itertools import cycle, product

import pytest
from django.contrib.admin import ModelAdmin
from django.contrib.admin import site as desks
from django.test import Client
from django.urls import reverse

from sessions.draft.models.sessions import Session
from summit.admin_base.lookup_limits import LookupsMixin
from summit.permissions.models import Role, RoleAssignment
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in

pytestmark = pytest.mark.django_db
LISTS = sorted(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist" for model in desks._registry)
PEOPLE = "admin:summit_person_changelist"
# The last has more digits than Python takes.
NUMBERS = ("\0", "9" * 30, "9" * 5000)
NO_KEYS = ("²", "-" + "9" * 19, *NUMBERS)
each_list = pytest.mark.broad("asks each of the desk's lists")


@pytest.fixture
def desk() -> Client:
    return signed_in(f.UserFactory(is_superuser=True))


def columns(name: str) -> list[str]:
    """Return a comparison of each column of a list's rows that no filter offers."""
    model = next(model for model in desks._registry if model._meta.model_name == name.split("_")[-2])
    fields = [field.name for field in model._meta.concrete_fields if not field.is_relation]
    return [f"{field}__{how}" for field, how in zip(fields, cycle(("regex", "startswith", "gt")), strict=False)]


@pytest.mark.parametrize("names", [[PEOPLE], pytest.param(LISTS, marks=each_list)], ids=["one", "all"])
def test_what_no_filter_offers_is_refused(names: list[str], desk: Client) -> None:
    asked = [(name, lookup) for name in names for lookup in (*columns(name), "pk__regex", "id__gt", "pk__in")]
    asked = [(name, lookup) for name, lookup in asked if "auditentry" not in name]
    assert [each for each in asked if desk.get(reverse(each[0]), {each[1]: "1"}).status_code != 400] == []
    ignored = desk.get(reverse(PEOPLE), {"nothing__regex": "1"})
    assert (ignored.status_code, ignored["Location"]) == (302, f"{reverse(PEOPLE)}?e=1")


def test_the_filters_of_each_list_are_taken(desk: Client) -> None:
    key = str(f.SummitFactory().pk)
    for path, lookup, value in (
        ("delegations/party", "summit__id__exact", key),
        ("outbox/message", "created_at__year", "2026"),
        ("summit/person", "email__isempty", "1"),
        ("summit/roleassignment", "role__exact", "viewer"),
    ):
        assert desk.get(f"/admin/{path}/", {lookup: value}).status_code == 200, path


def test_control_django_narrows_by_any_column(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    person = f.PersonFactory(name="Zoe Example", office="")
    f.PersonFactory(summit=person.summit, name="Adam Example")
    monkeypatch.setattr(LookupsMixin, "lookup_allowed", ModelAdmin.lookup_allowed)
    found = desk.get("/admin/summit/person/", {"name__regex": "^Zoe"})
    assert list(found.context["cl"].result_list) == [person]


@pytest.mark.parametrize("names", [[PEOPLE], pytest.param(LISTS, marks=each_list)], ids=["one", "all"])
def test_numbers_of_pages_columns_filters_and_ticked_rows(names: list[str], desk: Client) -> None:
    session = f.SessionFactory()
    broken = []
    # Of many lists each is asked for one of the numbers.
    asked = product(names, NUMBERS) if len(names) == 1 else zip(names, cycle(NUMBERS), strict=False)
    for name, number in asked:
        for lookup in ("o", "p", "q", "summit__id__exact", "kind__exact"):
            if desk.get(reverse(name), {lookup: number}).status_code not in (200, 302, 400):
                broken.append((name, lookup))
        ticked = desk.post(reverse(name), {"action": "cancel_sessions", "_selected_action": number})
        if ticked.status_code not in (200, 302, 405):
            broken.append((name, "_selected_action"))
    assert broken == []
    assert Session.objects.get() == session


def test_rows_that_are_ticked_and_can_be_none(desk: Client) -> None:
    session = f.SessionFactory()
    for number in NO_KEYS:
        given = {"action": "cancel_sessions", "_selected_action": number}
        assert desk.post("/admin/agenda/session/", given).status_code in (200, 302)
        both = {"action": "delete_selected", "_selected_action": [number, "1"], "index": number}
        assert desk.post("/admin/summit/venue/", both).status_code in (200, 302, 403)
    session.refresh_from_db()
    assert session.cancelled_at is None


@pytest.mark.parametrize("year", ["1", "99999"])
def test_years_from_which_one_cannot_count_on(year: str, desk: Client) -> None:
    f.SessionFactory(summit__time_zone="Asia/Tokyo")
    outbox = desk.get("/admin/outbox/message/", {"created_at__year": year})
    assert (outbox.status_code, outbox["Location"]) == (302, "/admin/outbox/message/?e=1")
    day = f"{year:0>4}-01-01"
    assert desk.get("/admin/agenda/session/", {"day": day}).status_code == 200
    for name in ("since", "until"):
        assert desk.get("/admin/summit/auditentry/", {name: day}).context["form"].errors.keys() == {name}


def test_objects_of_the_audit_that_can_be_none(desk: Client) -> None:
    venue = f.VenueFactory()
    for number in NO_KEYS:
        found = desk.get("/admin/summit/auditentry/", {"of": f"summit.venue:{number}"})
        assert found.context["slice"].entries == []
        assert desk.get(f"/admin/summit/venue/{venue.pk}/history/", {"action": number}).status_code == 200
        assert desk.get("/admin/delegations/party/invite/", {"summit": number}).status_code == 404


def test_roles_in_summits_that_can_be_none(desk: Client) -> None:
    summit = f.SummitFactory()
    path, given = (
        "/admin/summit/roleassignment/add/",
        {"email": "zoe@host.example", "name": "Zoe", "role": Role.VIEWER},
    )
    for number in ("x", *NO_KEYS):
        assert desk.get(path, {"email": number, "summit": number, "role": number}).status_code == 200
        refused = desk.post(path, {**given, "summit": number})
        assert "summit" in refused.context["adminform"].form.errors
    assert RoleAssignment.objects.count() == 0
    # The control: a summit's own key.
    assert desk.post(path, {**given, "summit": summit.pk}).status_code == 302
    assert User.objects.get(roles__role=Role.VIEWER).email == "zoe@host.example"


OTHERS = [pytest.param(each, marks=pytest.mark.broad("one of them is asked for there")) for each in ("x", *NO_KEYS)]


@pytest.mark.slow("posts a large page for each field")
@pytest.mark.parametrize("number", ["9" * 19, *OTHERS])
def test_rows_of_a_party_that_can_be_none(number: str, desk: Client) -> None:
    path = f"/admin/delegations/party/{f.PartyFactory().pk}/change/"
    rows = ("names", "focal_points", "external_ids")
    none = {f"{name}-{form}_FORMS": "0" for name in rows for form in ("TOTAL", "INITIAL")}
    # In all of them at once: each is read, whatever is wrong with the others.
    counts = {f"{prefix}-{form}_FORMS": many for prefix in rows for form, many in (("TOTAL", "2"), ("INITIAL", "1"))}
    for field in ("id", "person", "party", "position"):
        given = {f"{prefix}-{form}-{field}": number for prefix in rows for form in ("0", "1")}
        assert desk.post(path, {**none, **counts, **given}).status_code == 200, field
    for name in ("names-TOTAL_FORMS", "names-INITIAL_FORMS"):
        answer = desk.post(path, {**none, name: number})
        assert answer.status_code == 200, name
        assert max(len(each.formset.forms) for each in answer.context["inline_admin_formsets"]) <= 200


def test_new_rows_begin_with_no_moment_from_an_address(desk: Client) -> None:
    f.SummitFactory()
    for path, name in (("summit/summit", "answer_by"), ("agenda/session", "starts_at")):
        assert desk.get(f"/admin/{path}/add/", {name: "soon"}).status_code == 200


def test_a_zone_that_is_none_is_refused_in_words(desk: Client) -> None:
    path = f"/admin/summit/summit/{f.SummitFactory().pk}/change/"
    for zone in ("Nowhere", "../etc", "\0", "9" * 300, "Europe"):
        answer = desk.post(path, {"time_zone": zone})
        assert "time_zone" in answer.context["adminform"].form.errors, zone
