"""What slips from a keyboard, and what somebody writes into addresses to see what breaks: never a page that broke."""

from itertools import cycle, product
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.admin import ModelAdmin
from django.contrib.admin import site as desks
from django.contrib.auth.models import AnonymousUser
from django.db import DataError
from django.test import Client, RequestFactory
from django.urls import reverse

from press.embargoes.admin.schedule_form import local_moment
from summit.admin_base.lookup_limits import LookupsMixin
from summit.permissions.models import Role, RoleAssignment
from summit.public.nul_characters import NulMiddleware
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.portal.delegation.helpers import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def summit() -> Summit:
    return f.SummitFactory(time_zone="Asia/Tokyo", starts_on="2027-03-01", ends_on="2027-03-02")


def change(desk: Client, summit: Summit, **given: str) -> Summit:
    fields = ("name", "short_name", "host", "place", "time_zone", "language", "contact_email")
    data = {name: getattr(summit, name) for name in (*fields, "accent", "agenda_readers")}
    data |= {"starts_on": summit.starts_on, "ends_on": summit.ends_on, "answer_by_0": "", "answer_by_1": ""}
    data |= {"venues-TOTAL_FORMS": 0, "venues-INITIAL_FORMS": 0, **given}
    desk.post(f"/admin/summit/summit/{summit.pk}/change/", data)
    return Summit.objects.get(pk=summit.pk)


@pytest.mark.parametrize("year", ["0001", "2200"])
def test_years_from_which_one_cannot_count_on(year: str, desk: Client, summit: Summit) -> None:
    before = Summit.objects.get(pk=summit.pk)
    after = change(desk, before, starts_on=f"{year}-01-01", ends_on=f"{year}-12-31")
    assert (after.starts_on, after.ends_on) == (before.starts_on, before.ends_on)
    assert change(desk, before, answer_by_0=f"{year}-01-01", answer_by_1="00:00").answer_by is None
    letter = desk.post(f"/admin/setup/{summit.slug}/letter/", {"answer_by": f"{year}-12-31T23:59", "do": "read"})
    assert letter.status_code == 400
    # The control.
    assert change(desk, before, starts_on="2027-02-28", answer_by_0="2027-01-01", answer_by_1="00:00").answer_by


def test_numbers_that_are_no_keys(desk: Client, summit: Summit) -> None:
    numbers = cycle(("9" * 5000, "²", "-1", "٣"))
    own = f"/admin/summit/summit/{summit.pk}"
    for path, name in (("invitationlink/revoke", "row"), ("invitation/revoke", "row"), ("party/invite", "party")) * 2:
        assert desk.post(f"/admin/delegations/{path}/", {name: next(numbers)}).status_code == 302, path
    for path, name in ((f"{own}/change/", "rows"), (f"{own}/history/", "before")) * 2:
        assert desk.get(path, {name: next(numbers)}).status_code in (200, 302), path


def test_rooms_with_as_many_seats_as_fit_no_number(desk: Client, summit: Summit) -> None:
    data = {"name": "House", "rooms": "Hall; 200\nYard; " + "9" * 5000}
    assert desk.post(f"/admin/setup/{summit.slug}/venue/", data).status_code == 400
    assert desk.post(f"/admin/setup/{summit.slug}/venue/", {**data, "rooms": "Hall; 200"}).status_code == 302


def test_moments_of_texts_in_no_century() -> None:
    for written in ("0001-01-01T00:00", "9999-12-31T23:59:59+00:00", "0001-01-01T00:00+14:00"):
        with pytest.raises(ValueError, match="Enter a year between 1900 and 2199"):
            local_moment(written, ZoneInfo("Asia/Tokyo"))
    assert local_moment("2027-03-01T09:30", ZoneInfo("Asia/Tokyo")).isoformat() == "2027-03-01T00:30:00+00:00"


LISTS = sorted(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist" for model in desks._registry)
PEOPLE = "admin:summit_person_changelist"
# The last has more digits than Python takes.
NUMBERS = ("\0", "9" * 30, "9" * 5000)
NO_KEYS = ("²", "-" + "9" * 19, *NUMBERS)
each_list = pytest.mark.broad("asks each of the desk's lists")


@pytest.fixture
def admin() -> Client:
    return signed_in(f.UserFactory(is_superuser=True))


def admin_of(name: str) -> Any:
    return next(each for model, each in desks._registry.items() if model._meta.model_name == name.split("_")[-2])


def columns(name: str) -> list[str]:
    """Return a comparison of each column of a list's rows that no filter offers."""
    fields = [field.name for field in admin_of(name).model._meta.concrete_fields if not field.is_relation]
    return [f"{field}__{how}" for field, how in zip(fields, cycle(("regex", "startswith", "gt")), strict=False)]


@pytest.mark.parametrize("names", [[PEOPLE], pytest.param(LISTS, marks=each_list)], ids=["one", "all"])
def test_what_no_filter_offers_is_refused(names: list[str], admin: Client) -> None:
    names = [name for name in names if "auditentry" not in name]
    asked = {name: (*columns(name), "pk__regex", "id__gt", "pk__in") for name in names}
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    allowed = [
        (name, lookup)
        for name, lookups in asked.items()
        for lookup in lookups
        if admin_of(name).lookup_allowed(lookup, "1", request)
    ]
    assert allowed == []
    # The page goes by it.
    assert {name: admin.get(reverse(name), {asked[name][0]: "1"}).status_code for name in names} == dict.fromkeys(
        names, 400
    )
    ignored = admin.get(reverse(PEOPLE), {"nothing__regex": "1"})
    assert (ignored.status_code, ignored["Location"]) == (302, f"{reverse(PEOPLE)}?e=1")


def test_control_django_narrows_by_any_column(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    person = f.PersonFactory(name="Zoe Example", office="")
    f.PersonFactory(summit=person.summit, name="Adam Example")
    monkeypatch.setattr(LookupsMixin, "lookup_allowed", ModelAdmin.lookup_allowed)
    found = admin.get("/admin/summit/person/", {"name__regex": "^Zoe"})
    assert list(found.context["cl"].result_list) == [person]


@pytest.mark.parametrize("names", [[PEOPLE], pytest.param(LISTS, marks=each_list)], ids=["one", "all"])
def test_numbers_of_pages_columns_and_filters(names: list[str], admin: Client) -> None:
    f.SessionFactory()
    lookups = ("o", "p", "q", "summit__id__exact", "kind__exact")
    # Of many lists each is asked by one of the ways for one of the numbers.
    asked = product(names, lookups, NUMBERS) if len(names) == 1 else zip(names, cycle(lookups), cycle(NUMBERS))
    broken = []
    for name, lookup, number in asked:
        if admin.get(reverse(name), {lookup: number}).status_code not in (200, 302, 400):
            broken.append((name, lookup))
    assert broken == []


def test_rows_that_are_ticked_and_can_be_none(admin: Client) -> None:
    session = f.SessionFactory()
    for number in NO_KEYS:
        given = {"action": "cancel_sessions", "_selected_action": number}
        assert admin.post("/admin/agenda/session/", given).status_code in (200, 302)
    both = {"action": "delete_selected", "_selected_action": [*NO_KEYS, "1"], "index": NO_KEYS[-1]}
    assert admin.post("/admin/summit/venue/", both).status_code in (200, 302, 403)
    session.refresh_from_db()
    assert session.cancelled_at is None


@pytest.mark.parametrize("year", ["1", "99999"])
def test_years_of_lists_from_which_one_cannot_count_on(year: str, admin: Client) -> None:
    f.SessionFactory(summit__time_zone="Asia/Tokyo")
    outbox = admin.get("/admin/outbox/message/", {"created_at__year": year})
    assert (outbox.status_code, outbox["Location"]) == (302, "/admin/outbox/message/?e=1")
    day = f"{year:0>4}-01-01"
    assert admin.get("/admin/agenda/session/", {"day": day}).status_code == 200
    for name in ("since", "until"):
        assert admin.get("/admin/summit/auditentry/", {name: day}).context["form"].errors.keys() == {name}


def test_objects_of_the_audit_that_can_be_none(admin: Client) -> None:
    venue = f.VenueFactory()
    for number in NO_KEYS:
        found = admin.get("/admin/summit/auditentry/", {"of": f"summit.venue:{number}"})
        assert found.context["slice"].entries == []
    for number in NO_KEYS[:3]:
        assert admin.get(f"/admin/summit/venue/{venue.pk}/history/", {"action": number}).status_code == 200
        assert admin.get("/admin/delegations/party/invite/", {"summit": number}).status_code == 404


def test_roles_in_summits_that_can_be_none(admin: Client) -> None:
    summit = f.SummitFactory()
    path, given = (
        "/admin/summit/roleassignment/add/",
        {"email": "zoe@host.example", "name": "Zoe", "role": Role.VIEWER},
    )
    assert admin.get(path, dict.fromkeys(("email", "summit", "role"), NO_KEYS[-1])).status_code == 200
    for number in ("x", *NO_KEYS):
        refused = admin.post(path, {**given, "summit": number})
        assert "summit" in refused.context["adminform"].form.errors
    assert RoleAssignment.objects.count() == 0
    # The control: a summit's own key.
    assert admin.post(path, {**given, "summit": summit.pk}).status_code == 302
    assert User.objects.get(roles__role=Role.VIEWER).email == "zoe@host.example"


OTHERS = [pytest.param(each, marks=pytest.mark.broad("one of them is asked for there")) for each in ("x", *NO_KEYS)]


@pytest.mark.parametrize("number", ["9" * 19, *OTHERS])
def test_rows_of_a_party_that_can_be_none(number: str, admin: Client) -> None:
    path = f"/admin/delegations/party/{f.PartyFactory().pk}/change/"
    rows = ("names", "focal_points", "external_ids")
    none = {f"{name}-{form}_FORMS": "0" for name in rows for form in ("TOTAL", "INITIAL")}
    # In all of them at once: each is read, whatever is wrong with the others.
    counts = {f"{prefix}-{form}_FORMS": many for prefix in rows for form, many in (("TOTAL", "2"), ("INITIAL", "1"))}
    fields = ("id", "person", "party", "position")
    given = {f"{prefix}-{form}-{field}": number for prefix in rows for form in ("0", "1") for field in fields}
    assert admin.post(path, {**none, **counts, **given}).status_code == 200
    for name in ("names-TOTAL_FORMS", "names-INITIAL_FORMS"):
        answer = admin.post(path, {**none, name: number})
        assert answer.status_code == 200, name
        assert max(len(each.formset.forms) for each in answer.context["inline_admin_formsets"]) <= 200


def test_a_zone_that_is_none_is_refused_in_words(admin: Client) -> None:
    path = f"/admin/summit/summit/{f.SummitFactory().pk}/change/"
    for zone in ("../etc", "\0", "9" * 300, "Europe"):
        assert "time_zone" in admin.post(path, {"time_zone": zone}).context["adminform"].form.errors, zone


ASKED = {"category": "delegate", "name": "Eve", "language": "en"}


@pytest.fixture
def world() -> World:
    party = f.PartyFactory()
    user = f.UserFactory()
    f.FocalPointFactory(party=party, person=f.PersonFactory(summit=party.summit, user=user))
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return World(party, user, client)


def test_an_address_leads_nowhere(world: World) -> None:
    for rest in ("people/%00/", "people/%00/edit/name/", "people/table/%00/", "visas/%00/letter.pdf"):
        assert world.client.get(world.path(rest)).status_code == 404
        assert world.client.get(f"/portal/delegation/%00/{rest}").status_code == 404


def test_what_is_posted_breaks_nothing(world: World) -> None:
    person = world.member("Ada").person
    for rest, values in (
        ("people/add/", {**ASKED, "known": "\0"}),
        ("people/add/", {**ASKED, "another": "\0"}),
        ("people/confirm/", {"person": "\0"}),
        (f"people/{person.public_id}/replace/", {"member": "\0"}),
        ("visas/", {"person": "\0", "embassy": "x"}),
        ("focal-points/", {"name": "x", "email": "x@land.example", "language": "en", "instead_of": "\0"}),
    ):
        assert world.client.post(world.path(rest), values).status_code in (303, 400, 404, 422), rest


@pytest.mark.postgresql
def test_control_without_it_the_database_refuses_to_be_asked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(NulMiddleware, "process_exception", lambda *_args: None)
    assert world.client.post(world.path("people/confirm/"), {"person": "\0"}).status_code == 500


def test_other_errors_of_the_database_are_errors() -> None:
    def answer(problem: Exception) -> object:
        request = Client().get("/").wsgi_request
        return NulMiddleware(lambda _request: None).process_exception(request, problem)  # type: ignore[arg-type, return-value]

    assert answer(DataError("value too long")) is None
    found = answer(DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes"))
    assert getattr(found, "status_code", 0) == 400
