"""The press desk's pages: what is entered, decided and refused there, and by whom."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from press.admin.editing import EditionForm
from press.admin.moments import local_moment
from press.models import Edition, EditionState, Lift, Text, TextKind, Wording
from press.models.visibility import public_editions
from summit.db.clock import db_now
from summit.models import AuditEntry, Role, User
from tests.factories import SummitFactory, UserFactory
from tests.press.helpers import HOUR, add_edition, ago, approver, make_slot, make_text, officer, organiser, queries

pytestmark = pytest.mark.django_db

LIST = "/admin/press/text/"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(edition: Edition) -> str:
    return f"{LIST}{edition.version.text_id}/change/"


def decide(client: Client, edition: Edition, name: str, **values: Any) -> Any:
    path = f"{LIST}{edition.version.text_id}/decide/{name}/"
    return client.post(path, {"version": edition.version.language, "number": edition.number, **values}, follow=True)


def said(response: Any) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def words(based_on: int, **values: str) -> dict[str, Any]:
    return {"title": "T", "summary": "", "body": "Body.", "change_note": "", "based_on": based_on} | values


def test_a_text_goes_its_way_through_the_desk() -> None:
    summit = SummitFactory()
    writer, reader = signed_in(officer(summit)), signed_in(approver(summit))
    slot = make_slot(summit)
    assert writer.get(f"{LIST}add/?summit={summit.slug}").status_code == 200
    values = {"kind": TextKind.TRANSCRIPT, "wording": Wording.PREPARED, "language": "en", "slot": slot.pk}
    answer = writer.post(f"{LIST}add/?summit={summit.slug}", values | {"title": "Opening address", "body": "One."})
    text = Text.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"{LIST}{text.pk}/change/")
    edition = Edition.objects.get()
    answer = writer.post(page(edition), words(1, title="Opening address", body="Two."), follow=True)
    assert said(answer).endswith("Edition 2 is saved, as a draft.")
    second = Edition.objects.get(number=2)
    assert said(decide(writer, second, "submit")) == "Submitted: a press approver has to read it."
    assert said(decide(reader, second, "approve")) == "Approved."
    assert said(decide(writer, second, "set_moment", when="soon")) == "The moment stands."
    moment = Lift.objects.get().moment
    assert moment is not None
    assert 110 < (moment - db_now()).total_seconds() <= 120
    assert said(decide(writer, second, "set_moment", when="now")) == "The moment stands."
    assert public_editions().get() == second
    assert "Open the public page" in writer.get(page(edition)).content.decode()
    refused = said(decide(writer, second, "set_moment", when="soon"))
    assert refused == "This has been published: its moment has passed. Hold it, or withdraw the text, instead."
    assert said(decide(reader, second, "withdraw", note="Wrong text.")).startswith("Withdrawn")
    assert "Wrong text." in reader.get(page(edition)).content.decode()


def test_moment_is_entered_in_the_venues_zone() -> None:
    edition = make_text()
    client = signed_in(officer(edition.version.text.summit))
    decide(client, edition, "set_moment", when="at", moment="2030-07-01T09:30")
    assert Lift.objects.get().moment == datetime(2030, 7, 1, 8, 30, tzinfo=UTC)
    shown = client.get(page(edition)).content.decode()
    for part in (
        'value="2030-07-01T09:30:00"',
        "Monday 1 July 2030, 09:30",
        'data-until="2030-07-01T09:30:00+01:00"',
    ):
        assert part in shown
    wrong = decide(client, edition, "set_moment", when="at", moment="tomorrow")
    assert said(wrong) == "Give day and time, such as 2025-03-31 09:30."


def test_hours_that_the_clocks_skip_or_show_twice() -> None:
    zone = ZoneInfo("Europe/London")
    with pytest.raises(ValueError, match="The clocks skip this time"):
        local_moment("2025-03-30T01:30", zone)
    assert local_moment("2025-10-26T01:30", zone) == datetime(2025, 10, 26, 1, 30, tzinfo=UTC)
    assert local_moment("2025-10-26T00:30", zone) == datetime(2025, 10, 25, 23, 30, tzinfo=UTC)


BUTTONS = {
    "Save a new edition",
    "Submit for review",
    "Approve this edition",
    "Ask for changes",
    "Set the moment",
    "Hold this text",
    "Release the hold",
    "Withdraw this text",
    "The speech has been given: publish now",
}
IN_REVIEW, HELD, OUT = ({"state": "in_review"}, {"held": True}, {"moment": ago(1)})
WRITES = {"Save a new edition", "Withdraw this text"}
SHOWN: list[tuple[Any, dict[str, Any], set[str]]] = [
    (officer, {"state": "draft"}, WRITES | {"Submit for review", "Set the moment", "Hold this text"}),
    (officer, HELD, WRITES | {"Set the moment", "Release the hold"}),
    (officer, OUT, WRITES | {"Hold this text"}),
    (approver, IN_REVIEW, {"Approve this edition", "Ask for changes", "Hold this text", "Withdraw this text"}),
    (organiser, IN_REVIEW, {"Hold this text"}),
    (officer, OUT | {"withdrawn_at": ago(0.5)}, set()),
]


@pytest.mark.parametrize(("make", "values", "shown"), SHOWN)
def test_buttons_fit_the_role_and_the_state(make: Any, values: dict[str, Any], shown: set[str]) -> None:
    edition = make_text(**values)
    content = signed_in(make(edition.version.text.summit)).get(page(edition)).content.decode()
    assert {label for label in BUTTONS if f">{label}</button>" in content} == shown


def test_who_wrote_it_is_not_offered_to_approve() -> None:
    edition = make_text(state=EditionState.IN_REVIEW)
    edition.author.roles.create(summit=edition.version.text.summit, role=Role.PRESS_APPROVER)
    client = signed_in(edition.author)
    content = client.get(page(edition)).content.decode()
    assert ">Approve this edition</button>" not in content
    assert "You wrote this edition. Another press approver has to approve it." in content
    assert said(decide(client, edition, "approve")).startswith("You wrote edition 1.")
    assert Edition.objects.get().state == EditionState.IN_REVIEW


def test_the_server_refuses_what_the_role_may_not_do() -> None:
    """Who may do what is in test_permissions.py: the pages go by it."""
    edition = make_text(state=EditionState.IN_REVIEW)
    summit = edition.version.text.summit
    add = (f"{LIST}add/", f"{LIST}{edition.version.text_id}/language/")
    reader = signed_in(approver(summit))
    assert [reader.get(path).status_code for path in add] == [403, 403]
    assert reader.post(page(edition), words(1)).status_code == 403
    assert decide(signed_in(officer(summit)), edition, "approve").status_code == 403
    for outsider in (UserFactory.with_role(Role.VIEWER, summit), officer(SummitFactory())):
        assert decide(signed_in(outsider), edition, "hold", note="Wait.").status_code == 404
        assert signed_in(outsider).get(page(edition)).status_code == 404
    assert Client().get(page(edition)).status_code == 302
    assert Edition.objects.get().state == EditionState.IN_REVIEW
    assert not AuditEntry.objects.filter(action__startswith="press.").exists()


def test_the_second_editor_sees_the_first_ones_words_and_loses_none() -> None:
    edition = make_text(state=EditionState.DRAFT)
    client = signed_in(officer(edition.version.text.summit))
    add_edition(edition.version, state=EditionState.DRAFT, body="Their words.")
    answer = client.post(page(edition), words(1, body="My words."))
    content = answer.content.decode()
    assert answer.status_code == 409
    for part in ("Their words.", "My words.", 'name="based_on" value="2"', "Nothing is lost"):
        assert part in content
    assert client.post(page(edition), words(2, body="My words.")).status_code == 302
    bodies = list(Edition.objects.order_by("number").values_list("body", flat=True))
    assert bodies[1:] == ["Their words.", "My words."]


def test_what_stops_a_form_is_said() -> None:
    edition = make_text(state=EditionState.DRAFT)
    client = signed_in(officer(edition.version.text.summit))
    answer = client.post(page(edition), words(1, body="Bell \x07"))
    assert answer.status_code == 400
    assert "is a control character" in answer.content.decode()
    given = {"kind": "statement", "wording": "none", "language": "en", "title": "T", "body": "B"}
    for wrong, sentence in (
        ({"slug": edition.version.text.slug}, "Another text has this address"),
        ({"kind": "transcript"}, "Say how the words"),
        ({"kind": "transcript", "wording": "prepared"}, "Choose the speech. One that is missing is entered"),
        ({"body": "See ![a map](map.png)."}, "A text shows no pictures. Take out “![a map](…”"),
    ):
        answer = client.post(f"{LIST}add/", given | wrong)
        assert (answer.status_code, sentence in answer.content.decode()) == (400, True)
    assert client.post(f"{LIST}add/", given | {"body": r"Wow\![a](b) !["}).status_code == 302


def test_languages_are_added_and_written() -> None:
    edition = make_text(state=EditionState.DRAFT)
    client = signed_in(officer(edition.version.text.summit))
    path = f"{LIST}{edition.version.text_id}/language/"
    assert client.get(path).status_code == 200
    content = client.post(path, {"language": "ar", "title": "كلمة", "body": "نص"}, follow=True).content.decode()
    assert ('lang="ar" dir="rtl"' in content, "كلمة" in content) == (True, True)
    again = client.post(path, {"language": "ar", "title": "كلمة", "body": "نص"})
    assert "has this language already" in again.content.decode()


def test_page_and_words_have_each_their_own_direction() -> None:
    edition = make_text(title="In English")
    form = EditionForm(version=edition.version)
    fields = {name for name, field in form.fields.items() if field.widget.attrs.get("dir") == "auto"}
    assert fields == {"title", "summary", "body", "change_note", "file_title"}
    shown = signed_in(officer(edition.version.text.summit)).get(page(edition), {"lang": "ar"}).content.decode()
    assert '<html lang="ar" dir="rtl">' in shown
    assert '<h1 lang="en" dir="ltr">In English</h1>' in shown


def test_list_and_page_say_where_each_stands_in_a_constant_number_of_queries() -> None:
    summit = SummitFactory()
    client = signed_in(officer(summit))
    edition = make_text(summit=summit, moment=ago(1))

    def fill() -> list[int]:
        for state in EditionState.values:
            make_text(summit=summit, moment=ago(-1), state=state, speech=True)
        add_edition(edition.version)
        return [queries(client, LIST), queries(client, page(edition))]

    fill()
    assert fill() == fill()
    add_edition(edition.version, state=EditionState.DRAFT)
    content = client.get(LIST).content.decode()
    for word in ("draft", "in review", "changes asked", "under embargo"):
        assert f">{word}</span>" in content
    assert "A press officer submits it for review." in content
    assert "edition 4 is public" in content
    assert client.get(page(edition)).content.decode().count(">replaced</span>") == 3
    assert client.get(f"{LIST}?q=Title").status_code == 200


def test_desk_panel() -> None:
    summit = SummitFactory()
    make_text(summit=summit, moment=db_now() + HOUR, title="Comes next")
    make_text(summit=summit, moment=ago(1), state=EditionState.IN_REVIEW, title="Is late")
    make_text(summit=summit, moment=ago(1), held=True, title="Is held")
    make_text(summit=summit, moment=ago(1), title="Is out")
    make_text(moment=ago(-1), title="Elsewhere")
    home = f"/admin/?summit={summit.slug}"
    content = signed_in(officer(summit)).get(home).content.decode()
    panel = content[content.index("Press office</h2>") : content.index("Enter a text")]
    late, following = panel.split("Goes out next")
    coming, waits = following.split("Waits for a second person")
    assert ("Is late" in late, "Is held" in late, "Comes next" in coming, "Is late" in waits) == (True,) * 4
    assert ("Is out" in panel, "Elsewhere" in panel) == (False, False)
    assert 'class="countdown" data-until="' in coming
    viewer = signed_in(UserFactory.with_role(Role.VIEWER, summit)).get(home).content.decode()
    assert "Comes next" not in viewer
    assert "Press office</h2>" not in viewer.split("app_list")[0]


def test_subscribers_and_announcements_are_only_read() -> None:
    client = signed_in(officer(SummitFactory()))
    for model in ("subscriber", "announcement"):
        assert client.get(f"/admin/press/{model}/").status_code == 200
        assert client.get(f"/admin/press/{model}/add/").status_code == 403
