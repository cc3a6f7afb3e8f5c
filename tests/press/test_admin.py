from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from press.admin.decisions import DECISIONS
from press.admin.editing import EditionForm
from press.admin.moments import local_moment
from press.models import Edition, EditionState, Lift, Text, TextKind, Wording
from press.models.visibility import public_editions
from summit.db.clock import db_now
from summit.models import Role, Summit, User
from tests.factories import SummitFactory, UserFactory
from tests.press.helpers import HOUR, add_edition, ago, approver, make_lift, make_slot, make_text, officer, organiser

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
    assert not public_editions().exists()
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
    assert 'value="2030-07-01T09:30:00"' in shown
    assert 'Monday 1 July 2030, 09:30 <bdi lang="en">London</bdi> time' in shown
    assert 'class="countdown" data-until="2030-07-01T09:30:00+01:00"' in shown
    wrong = decide(client, edition, "set_moment", when="at", moment="tomorrow")
    assert said(wrong) == "Give day and time, such as 2025-03-31 09:30."


def test_hours_that_the_clocks_skip_or_show_twice() -> None:
    zone = ZoneInfo("Europe/London")
    with pytest.raises(ValueError, match="The clocks skip this time"):
        local_moment("2025-03-30T01:30", zone)
    assert local_moment("2025-10-26T01:30", zone) == datetime(2025, 10, 26, 1, 30, tzinfo=UTC)
    assert local_moment("2025-10-26T00:30", zone) == datetime(2025, 10, 25, 23, 30, tzinfo=UTC)


BUTTONS = {
    "save": "Save a new edition",
    "submit": "Submit for review",
    "approve": "Approve this edition",
    "ask_changes": "Ask for changes",
    "set_moment": "Set the moment",
    "hold": "Hold this text",
    "unhold": "Release the hold",
    "withdraw": "Withdraw this text",
    "deliver": "The speech has been given: publish now",
}
OFFICER, APPROVER, ORGANISER = {"save", "set_moment", "withdraw"}, {"withdraw"}, set[str]()
SHOWN: list[tuple[dict[str, Any], set[str], set[str], set[str]]] = [
    ({"state": "draft"}, OFFICER | {"submit", "hold"}, APPROVER | {"hold"}, {"hold"}),
    ({"state": "in_review"}, OFFICER | {"hold"}, APPROVER | {"hold", "approve", "ask_changes"}, {"hold"}),
    ({"state": "changes_asked"}, OFFICER | {"submit", "hold"}, APPROVER | {"hold"}, {"hold"}),
    ({"state": "approved"}, OFFICER | {"hold"}, APPROVER | {"hold"}, {"hold"}),
    ({"state": "approved", "held": True}, OFFICER | {"unhold"}, APPROVER | {"unhold"}, {"unhold"}),
    ({"moment": ago(1)}, {"save", "hold", "withdraw"}, APPROVER | {"hold"}, {"hold"}),
    ({"moment": ago(1), "withdrawn_at": ago(0.5)}, set(), set(), set()),
]


@pytest.mark.parametrize(("values", "for_officer", "for_approver", "for_organiser"), SHOWN)
def test_buttons_fit_the_role_and_the_state(
    values: dict[str, Any], for_officer: set[str], for_approver: set[str], for_organiser: set[str]
) -> None:
    edition = make_text(**values)
    summit = edition.version.text.summit
    for user, expected in (
        (officer(summit), for_officer),
        (approver(summit), for_approver),
        (organiser(summit), for_organiser),
    ):
        content = signed_in(user).get(page(edition)).content.decode()
        assert {name for name, label in BUTTONS.items() if f">{label}</button>" in content} == expected


def test_who_wrote_it_is_not_offered_to_approve() -> None:
    edition = make_text(state=EditionState.IN_REVIEW)
    edition.author.roles.create(summit=edition.version.text.summit, role=Role.PRESS_APPROVER)
    client = signed_in(edition.author)
    content = client.get(page(edition)).content.decode()
    assert ">Approve this edition</button>" not in content
    assert "You wrote this edition. Another press approver has to approve it." in content
    assert said(decide(client, edition, "approve")).startswith("You wrote edition 1.")
    assert Edition.objects.get().state == EditionState.IN_REVIEW


ALLOWED = {
    "submit": {"officer"},
    "approve": {"approver"},
    "ask_changes": {"approver"},
    "approve_alone": {"officer", "approver"},
    "review_afterwards": {"approver"},
    "remove": {"approver", "organiser"},
    "tie": {"officer"},
    "untie": {"officer"},
    "set_moment": {"officer"},
    "deliver": {"officer"},
    "hold": {"officer", "approver", "organiser"},
    "unhold": {"officer", "approver", "organiser"},
    "withdraw": {"officer", "approver"},
}


@pytest.mark.parametrize("name", DECISIONS)
def test_the_server_refuses_what_the_role_may_not_do(name: str) -> None:
    edition = make_text(state=EditionState.IN_REVIEW)
    summit = edition.version.text.summit
    people = {"officer": officer(summit), "approver": approver(summit), "organiser": organiser(summit)}
    allowed = set()
    for who, user in people.items():
        answer = decide(signed_in(user), edition, name, when="never")
        # Whoever may do it is told on the page itself what doesn't fit where the text stands.
        assert answer.status_code in (200, 400, 403)
        allowed |= {who} if answer.status_code != 403 else set()
    assert allowed == ALLOWED[name]
    for outsider in (UserFactory.with_role(Role.VIEWER, summit), officer(SummitFactory())):
        assert decide(signed_in(outsider), edition, name).status_code == 404
        assert signed_in(outsider).get(page(edition)).status_code == 404
    assert Client().get(page(edition)).status_code == 302


def test_only_officers_write() -> None:
    edition = make_text(state=EditionState.DRAFT)
    summit = edition.version.text.summit
    for user in (approver(summit), organiser(summit)):
        client = signed_in(user)
        assert client.post(page(edition), words(1)).status_code == 403
        assert client.get(f"{LIST}add/").status_code == 403
        assert client.get(f"{LIST}{edition.version.text_id}/language/").status_code == 403
    assert Edition.objects.count() == 1


def test_the_second_editor_sees_the_first_ones_words_and_loses_none() -> None:
    edition = make_text(state=EditionState.DRAFT)
    client = signed_in(officer(edition.version.text.summit))
    add_edition(edition.version, state=EditionState.DRAFT, body="Their words.")
    answer = client.post(page(edition), words(1, body="My words."))
    content = answer.content.decode()
    assert answer.status_code == 409
    assert "Their words." in content
    assert "My words." in content
    assert '<input type="hidden" name="based_on" value="2"' in content
    assert "Nothing is lost" in content
    assert client.post(page(edition), words(2, body="My words.")).status_code == 302
    assert list(Edition.objects.order_by("number").values_list("body", flat=True))[1:] == [
        "Their words.",
        "My words.",
    ]


def test_what_stops_a_form_is_said() -> None:
    edition = make_text(state=EditionState.DRAFT)
    summit = edition.version.text.summit
    client = signed_in(officer(summit))
    answer = client.post(page(edition), words(1, body="Bell \x07"))
    assert answer.status_code == 400
    assert "is a control character" in answer.content.decode()
    taken = {"kind": "statement", "wording": "none", "language": "en", "title": "T", "body": "B"}
    answer = client.post(f"{LIST}add/", taken | {"slug": edition.version.text.slug})
    assert "Another text has this address" in answer.content.decode()
    answer = client.post(f"{LIST}add/", taken | {"kind": "transcript"})
    assert "Say how the words" in answer.content.decode()


def test_languages_are_added_and_written() -> None:
    edition = make_text(state=EditionState.DRAFT)
    client = signed_in(officer(edition.version.text.summit))
    path = f"{LIST}{edition.version.text_id}/language/"
    assert client.get(path).status_code == 200
    answer = client.post(path, {"language": "ar", "title": "كلمة", "body": "نص"}, follow=True)
    content = answer.content.decode()
    assert 'lang="ar" dir="rtl"' in content
    assert "كلمة" in content
    again = client.post(path, {"language": "ar", "title": "كلمة", "body": "نص"})
    assert "has this language already" in again.content.decode()


def test_words_are_entered_from_the_side_of_their_script() -> None:
    form = EditionForm(version=make_text().version)
    assert {name for name, field in form.fields.items() if field.widget.attrs.get("dir") == "auto"} == {
        "title",
        "summary",
        "body",
        "change_note",
        "file_title",
    }


def test_the_page_has_the_readers_direction_and_the_text_its_own() -> None:
    edition = make_text(title="In English")
    shown = signed_in(officer(edition.version.text.summit)).get(page(edition), {"lang": "ar"}).content.decode()
    assert '<html lang="ar" dir="rtl">' in shown
    assert '<h1 lang="en" dir="ltr">In English</h1>' in shown


def test_list_says_where_each_stands_in_a_constant_number_of_queries() -> None:
    summit = SummitFactory()
    client = signed_in(officer(summit))

    def fill(number: int) -> None:
        for n in range(number):
            make_text(summit=summit, moment=ago(-1), state=EditionState.values[n % 4], speech=True)

    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(LIST).status_code == 200
        return len(captured)

    fill(5)
    before = count()
    fill(40)
    assert count() == before
    content = client.get(LIST).content.decode()
    for word in ("draft", "in review", "changes asked", "under embargo"):
        assert f">{word}</span>" in content
    assert "A press officer submits it for review." in content
    public = make_text(summit=summit, moment=ago(1))
    add_edition(public.version, state=EditionState.DRAFT)
    assert "edition 1 is public" in client.get(LIST).content.decode()
    assert client.get(f"{LIST}?q=Title").status_code == 200


def test_page_in_a_constant_number_of_queries() -> None:
    edition = make_text()
    client = signed_in(officer(edition.version.text.summit))

    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(page(edition)).status_code == 200
        return len(captured)

    before = count()
    for _ in range(20):
        add_edition(edition.version)
    assert count() == before
    assert client.get(page(edition)).content.decode().count(">replaced</span>") == 20


def test_desk_panel() -> None:
    summit: Summit = SummitFactory()
    make_text(summit=summit, moment=db_now() + HOUR, title="Comes next")
    make_text(summit=summit, moment=ago(1), state=EditionState.IN_REVIEW, title="Is late")
    make_text(summit=summit, moment=ago(1), held=True, title="Is held")
    make_text(summit=summit, state=EditionState.IN_REVIEW, title="Waits")
    make_text(summit=summit, moment=ago(1), title="Is out")
    make_text(moment=ago(-1), title="Elsewhere")
    home = f"/admin/?summit={summit.slug}"
    content = signed_in(officer(summit)).get(home).content.decode()
    panel = content[content.index("Press office</h2>") : content.index("Enter a text")]
    late, following = panel.split("Goes out next")
    assert ("Is late" in late, "Is held" in late, "Is out" in panel, "Elsewhere" in panel) == (
        True,
        True,
        False,
        False,
    )
    coming, waits = following.split("Waits for a second person")
    assert "Comes next" in coming
    assert 'class="countdown" data-until="' in coming
    assert "Waits" in waits
    assert "Is late" in waits
    viewer = signed_in(UserFactory.with_role(Role.VIEWER, summit)).get(home).content.decode()
    assert "Comes next" not in viewer
    assert "Press office</h2>" not in viewer.split("app_list")[0]


def test_subscribers_and_announcements_are_only_read() -> None:
    summit = SummitFactory()
    client = signed_in(officer(summit))
    for model in ("subscriber", "announcement"):
        assert client.get(f"/admin/press/{model}/").status_code == 200
        assert client.get(f"/admin/press/{model}/add/").status_code == 403


def test_texts_of_one_lift_are_moved_together() -> None:
    summit = SummitFactory()
    lift = make_lift(summit, None)
    both = [make_text(summit=summit, lift=lift) for _ in range(2)]
    decide(signed_in(officer(summit)), both[0], "set_moment", when="now")
    assert set(public_editions()) == set(both)
