"""What the admin says in its own words, and the history of an object."""

import re

import pytest
from django.test import Client

from sessions.draft.models.kinds import CustomKind
from summit.audit import services as audit
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests.factories import PASSWORD, PersonFactory, SessionFactory, SummitFactory, UserFactory
from tests.summit.audit.test_actions import told_on
from tests.summit.conftest import desk_of

pytestmark = pytest.mark.django_db


def test_history_is_offered_to_who_may_read_the_audit(desk: Client, organiser: User, summit: Summit) -> None:
    person, other = PersonFactory.create_batch(2, summit=summit)
    for row, action in ((person, "test.done"), (other, "test.elsewhere")):
        audit.record(by=organiser, action=action, target=row, summit=summit)
    address = f"/admin/summit/person/{person.pk}/"
    # What has no words any more is told by its name.
    assert told_on(desk, person) == ["did “test.done”"]
    for client, may in ((desk, True), (desk_of(summit, Role.PROTOCOL), False)):
        assert (f"{address}history/" in client.get(f"{address}change/").content.decode()) is may


def test_saving_says_what_is_saved_in_few_words(desk: Client, summit: Summit) -> None:
    person = PersonFactory(summit=summit)
    address = f"/admin/summit/person/{person.pk}/change/"
    form = desk.get(address).context["adminform"].form
    page = desk.post(address, {name: form[name].value() or "" for name in form.fields}, follow=True)
    assert [str(message) for message in page.context["messages"]] == [f"“{person}” saved."]


def test_signing_in_says_so_in_few_words(client: Client) -> None:
    user = UserFactory.with_role(Role.ORGANISER, SummitFactory())
    page = client.post("/accounts/login/", {"login": user.email, "password": PASSWORD}, follow=True)
    assert [str(message) for message in page.context["messages"]] == [f"Signed in as {user}."]


def headings(page: str) -> tuple[str, str]:
    """Return what a page's window and its first heading say."""
    titles, heads = (re.findall(rf"<{tag}>(.*?)</{tag}>", page) for tag in ("title", "h1"))
    return titles[0], heads[0]


def test_deletions_are_asked_and_refused_in_the_words_of_this_house() -> None:
    summit: Summit = SummitFactory(short_name="Quay")
    client = desk_of(summit)
    free = CustomKind.objects.create(summit=summit, name="Fireside", like="plenary")
    kept = CustomKind.objects.create(summit=summit, name="Ceremony", like="plenary")
    session = SessionFactory(summit=summit, custom_kind=kept, kind="plenary")
    link, kinds = f'href="/admin/agenda/session/{session.pk}/"', "/admin/agenda/customkind/"

    for row, title in ((free, "Delete “Fireside”?"), (kept, "“Ceremony” can’t be deleted")):
        page = client.get(f"{kinds}{row.pk}/delete/").content.decode()
        assert headings(page) == (f"{title} · Quay", title)
    assert ("Change the type of these sessions first:" in page, link in page) == (True, True)

    def chosen(*rows: CustomKind, **more: str) -> str:
        given = {"action": "delete_selected", "_selected_action": [row.pk for row in rows], **more}
        return client.post(kinds, given, follow=True).content.decode()

    page = chosen(free)
    assert headings(page) == ("Delete “Fireside”? · Quay", "Delete “Fireside”?")
    assert "Change the type of these sessions first" not in page
    for more in ({}, {"post": "yes"}):
        page = chosen(free, kept, **more)
        assert headings(page) == ("Nothing deleted · Quay", "Nothing deleted")
        assert ("Change the type of these sessions first:" in page, link in page) == (True, True)
    assert CustomKind.objects.count() == 2
    assert "“Fireside” deleted." in chosen(free, post="yes")
    assert list(CustomKind.objects.all()) == [kept]
