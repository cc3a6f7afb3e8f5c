"""What the admin says in its own words, and the history of an object."""

import re

import pytest
from django.test import Client

from sessions.models import OwnKind
from summit.domain import audit
from summit.models import Role, Summit, User
from tests.factories import PersonFactory, SessionFactory, SummitFactory, UserFactory

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_history_shows_the_audit_of_the_object_to_organisers() -> None:
    summit: Summit = SummitFactory()
    person, other = PersonFactory(summit=summit), PersonFactory(summit=summit)
    user = UserFactory.with_role(Role.ORGANISER, summit)
    audit.record(by=user, action="test.done", target=person, summit=summit, fields=["office"])
    audit.record(by=user, action="test.elsewhere", target=other, summit=summit)
    page = signed_in(user).get(f"/admin/summit/person/{person.pk}/history/")
    assert page.status_code == 200
    content = page.content.decode()
    assert "did “test.done”" in content
    assert "Office held" in content
    assert "test.elsewhere" not in content
    change = f"/admin/summit/person/{person.pk}/change/"
    assert f"/admin/summit/person/{person.pk}/history/" in signed_in(user).get(change).content.decode()


def test_history_is_neither_offered_nor_shown_to_who_may_not_read_the_audit() -> None:
    summit: Summit = SummitFactory()
    person = PersonFactory(summit=summit)
    client = signed_in(UserFactory.with_role(Role.PROTOCOL, summit))
    change = client.get(f"/admin/summit/person/{person.pk}/change/")
    assert change.status_code == 200
    assert "/history/" not in change.content.decode()
    assert client.get(f"/admin/summit/person/{person.pk}/history/").status_code == 403


def test_saving_says_what_is_saved_in_few_words() -> None:
    summit: Summit = SummitFactory()
    person = PersonFactory(summit=summit)
    client = signed_in(UserFactory.with_role(Role.ORGANISER, summit))
    address = f"/admin/summit/person/{person.pk}/change/"
    form = client.get(address).context["adminform"].form
    data = {name: form[name].value() or "" for name in form.fields}
    page = client.post(address, data, follow=True)
    assert [str(message) for message in page.context["messages"]] == [f"“{person}” is saved."]


def test_inputs_of_dates_have_names() -> None:
    summit: Summit = SummitFactory()
    client = signed_in(UserFactory.with_role(Role.ORGANISER, summit))
    content = client.get("/admin/programme/session/add/").content.decode()
    boxes = re.findall(r"<input[^>]* name=\"(?:starts|ends)_at_[01]\"[^>]*>", content)
    assert len(boxes) == 4
    assert [re.search('aria-label="([^"]+)"', box)[1] for box in boxes] == [  # type: ignore[index]
        "Starts: date",
        "Starts: time",
        "Ends: date",
        "Ends: time",
    ]
    rows = re.findall(
        r"<(?:select|input)[^>]* name=\"participants-__prefix__-(?:role|party|position)\"[^>]*>", content
    )
    assert len(rows) == 3
    assert all("aria-label=" in box for box in rows)


def test_signing_in_says_so_in_few_words(client: Client) -> None:
    user = UserFactory.with_role(Role.ORGANISER, SummitFactory())
    user.set_password("correct-horse-2025")
    user.save()
    page = client.post("/accounts/login/", {"login": user.email, "password": "correct-horse-2025"}, follow=True)
    assert [str(message) for message in page.context["messages"]] == [f"You are signed in as {user}."]


def test_lists_are_called_by_what_is_in_them() -> None:
    client = signed_in(UserFactory.with_role(Role.ORGANISER, SummitFactory()))
    content = client.get("/admin/programme/session/").content.decode()
    assert re.findall(r"<h1>(.*?)</h1>", content) == ["Sessions"]


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
