"""What the admin says in its own words, and the history of an object."""

import re

import pytest
from django.test import Client

from sessions.models import OwnKind
from summit.domain import audit
from summit.models import Role, Summit
from tests.factories import PASSWORD, PersonFactory, SessionFactory, SummitFactory, UserFactory
from tests.summit.conftest import signed_in

pytestmark = pytest.mark.django_db


def test_history_is_shown_to_who_may_read_the_audit() -> None:
    summit: Summit = SummitFactory()
    person, other = PersonFactory(summit=summit), PersonFactory(summit=summit)
    user = UserFactory.with_role(Role.ORGANISER, summit)
    audit.record(by=user, action="test.done", target=person, summit=summit, fields=["office"])
    audit.record(by=user, action="test.elsewhere", target=other, summit=summit)
    address = f"/admin/summit/person/{person.pk}/"
    content = signed_in(user).get(f"{address}history/").content.decode()
    assert [said in content for said in ("did “test.done”", "Office held", "test.elsewhere")] == [True, True, False]
    protocol = signed_in(UserFactory.with_role(Role.PROTOCOL, summit))
    for client, may in ((signed_in(user), True), (protocol, False)):
        assert (f"{address}history/" in client.get(f"{address}change/").content.decode()) is may
    assert protocol.get(f"{address}history/").status_code == 403


def test_saving_says_what_is_saved_in_few_words() -> None:
    summit: Summit = SummitFactory()
    person = PersonFactory(summit=summit)
    client = signed_in(UserFactory.with_role(Role.ORGANISER, summit))
    address = f"/admin/summit/person/{person.pk}/change/"
    form = client.get(address).context["adminform"].form
    data = {name: form[name].value() or "" for name in form.fields}
    page = client.post(address, data, follow=True)
    assert [str(message) for message in page.context["messages"]] == [f"“{person}” is saved."]


def test_inputs_of_dates_and_of_rows_have_names() -> None:
    client = signed_in(UserFactory.with_role(Role.ORGANISER, SummitFactory()))
    content = client.get("/admin/programme/session/add/").content.decode()
    boxes = re.findall(r"<input[^>]* name=\"(?:starts|ends)_at_[01]\"[^>]*>", content)
    names = [re.findall('aria-label="([^"]+)"', box) for box in boxes]
    assert names == [["Starts: date"], ["Starts: time"], ["Ends: date"], ["Ends: time"]]
    row = r"<(?:select|input)[^>]* name=\"participants-__prefix__-(?:role|party|position)\"[^>]*>"
    assert ["aria-label=" in box for box in re.findall(row, content)] == [True] * 3
    assert re.findall(r"<h1>(.*?)</h1>", client.get("/admin/programme/session/").content.decode()) == ["Sessions"]


def test_signing_in_says_so_in_few_words(client: Client) -> None:
    user = UserFactory.with_role(Role.ORGANISER, SummitFactory())
    page = client.post("/accounts/login/", {"login": user.email, "password": PASSWORD}, follow=True)
    assert [str(message) for message in page.context["messages"]] == [f"You are signed in as {user}."]


def test_who_sets_the_system_up_is_led_to_the_first_summit() -> None:
    content = signed_in(UserFactory(is_superuser=True)).get("/admin/").content.decode()
    assert "Five steps to the first invitation" in content
    button = '<a class="button" href="/admin/setup/">Create your summit</a>'
    assert button in content
    SummitFactory()
    assert button not in signed_in(UserFactory(is_superuser=True)).get("/admin/").content.decode()


def headings(page: str) -> tuple[str, str]:
    """Return what a page's window and its first heading say."""
    titles, heads = (re.findall(rf"<{tag}>(.*?)</{tag}>", page) for tag in ("title", "h1"))
    return titles[0], heads[0]


def test_deletions_are_asked_and_refused_in_the_words_of_this_house() -> None:
    summit: Summit = SummitFactory(short_name="Quay")
    client = signed_in(UserFactory.with_role(Role.ORGANISER, summit))
    free = OwnKind.objects.create(summit=summit, name="Fireside", like="plenary")
    kept = OwnKind.objects.create(summit=summit, name="Ceremony", like="plenary")
    session = SessionFactory(summit=summit, own_kind=kept, kind="plenary")
    link, kinds = f'href="/admin/programme/session/{session.pk}/change/"', "/admin/programme/ownkind/"

    page = client.get(f"{kinds}{free.pk}/delete/").content.decode()
    assert headings(page) == ("Delete “Fireside”? · Quay", "Delete “Fireside”?")
    page = client.get(f"{kinds}{kept.pk}/delete/").content.decode()
    assert headings(page) == ("“Ceremony” can’t be deleted · Quay", "“Ceremony” can’t be deleted")
    assert ("Give these sessions another kind first:" in page, link in page) == (True, True)

    def chosen(*rows: OwnKind, **more: str) -> str:
        given = {"action": "delete_selected", "_selected_action": [row.pk for row in rows], **more}
        return client.post(kinds, given, follow=True).content.decode()

    page = chosen(free)
    assert headings(page) == ("Delete 1 kind of session? · Quay", "Delete 1 kind of session?")
    assert "another kind first" not in page
    for more in ({}, {"post": "yes"}):
        page = chosen(free, kept, **more)
        assert headings(page) == ("Nothing is deleted · Quay", "Nothing is deleted")
        assert ("Give these sessions another kind first:" in page, link in page) == (True, True)
    assert OwnKind.objects.count() == 2
    assert "1 row is deleted." in chosen(free, post="yes")
    assert list(OwnKind.objects.all()) == [kept]
