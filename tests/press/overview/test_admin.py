"""The press desk's pages: what is entered, decided and refused there, and by whom."""

import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from press.embargoes.admin.schedule_form import local_moment
from press.texts.models.editions import Edition, EditionState
from press.texts.models.embargoes import Embargo, EmbargoMode
from press.texts.models.texts import Text, TextKind, Wording
from press.texts.models.visibility import public_editions
from sessions.draft.models.sessions import Session
from summit.core.database_clock import db_now
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests.clients import signed_in
from tests.press.helpers import (
    HOUR,
    add_edition,
    add_language,
    ago,
    approver,
    make_embargo,
    make_slot,
    make_text,
    officer,
    organiser,
)

pytestmark = pytest.mark.django_db

LIST = "/admin/press/text/"


def page(edition: Edition) -> str:
    return f"{LIST}{edition.version.text_id}/"


def editor(edition: Edition) -> str:
    return f"{page(edition)}change/"


def decide(client: Client, edition: Edition, name: str, **values: Any) -> Any:
    path = f"{LIST}{edition.version.text_id}/decide/{name}/"
    return client.post(path, {"version": edition.version.language, "number": edition.number, **values})


def said(response: Any) -> str:
    """Return the last message, whether its page was opened or not."""
    return str(list(get_messages(response.wsgi_request))[-1])


def page_of(client: Client, edition: Edition) -> str:
    content: str = client.get(page(edition)).content.decode()
    return content


def words(based_on: int, **values: str) -> dict[str, Any]:
    return {"title": "T", "summary": "", "body": "Body.", "change_note": "", "based_on": based_on} | values


def test_a_text_goes_its_way_through_the_desk(summit: Summit) -> None:
    writer, reader = signed_in(officer(summit)), signed_in(approver(summit))
    slot = make_slot(summit)
    values = {"kind": TextKind.TRANSCRIPT, "wording": Wording.PREPARED, "language": "en", "slot": slot.pk}
    answer = writer.post(f"{LIST}add/?summit={summit.slug}", values | {"title": "Opening address", "body": "One."})
    text = Text.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"{LIST}{text.pk}/")
    answer = writer.post(editor(Edition.objects.get()), words(1, title="Opening address", body="Two."))
    assert said(answer) == "Edition 2 saved as a draft."
    second = Edition.objects.get(number=2)
    assert said(decide(writer, second, "submit")) == "Submitted for review by a press approver."
    assert said(decide(reader, second, "approve")) == "Approved."
    assert said(decide(writer, second, "set_moment", when="soon")) == "Scheduled."
    moment = Embargo.objects.get().moment
    assert moment is not None
    assert 110 < (moment - db_now()).total_seconds() <= 120
    hidden = "Scheduled. It is public when an organiser opens the summit to everyone."
    for public, sentence in ((False, hidden), (True, "Published.")):
        Summit.objects.update(public=public)
        Embargo.objects.update(moment=moment)
        assert said(decide(writer, second, "set_moment", when="now")) == sentence
    assert public_editions().get() == second
    assert "Open public page" in page_of(writer, second)
    refused = said(decide(writer, second, "set_moment", when="soon"))
    assert refused == "This is already published. Put it on hold or withdraw the text instead."
    assert said(decide(reader, second, "withdraw", note="Wrong text.")).startswith("Withdrawn")
    assert "Wrong text." in page_of(reader, second)


def test_moment_is_entered_in_the_venues_zone() -> None:
    edition = make_text()
    client = signed_in(officer(edition.version.text.summit))
    decide(client, edition, "set_moment", when="at", moment="2030-07-01T09:30")
    assert Embargo.objects.get().moment == datetime(2030, 7, 1, 8, 30, tzinfo=UTC)
    assert 'value="01/07/2030"' in page_of(client, edition)
    for typed, sentence in (
        ("tomorrow", "Enter a date and time, such as 2025-03-31 09:30."),
        ("2030-07-01T09:30:03", "Enter a time in steps of five seconds, such as 09:30:00 or 09:30:05."),
    ):
        assert said(decide(client, edition, "set_moment", when="at", moment=typed)) == sentence


def test_hours_that_the_clocks_skip_or_show_twice() -> None:
    zone = ZoneInfo("Europe/London")
    with pytest.raises(ValueError, match="This time doesn’t exist"):
        local_moment("2025-03-30T01:30", zone)
    assert local_moment("2025-10-26T01:30", zone) == datetime(2025, 10, 26, 1, 30, tzinfo=UTC)
    assert local_moment("2025-10-26T00:30", zone) == datetime(2025, 10, 25, 23, 30, tzinfo=UTC)


def test_a_text_is_read_before_it_is_edited(summit: Summit) -> None:
    edition = make_text(summit=summit, body="The words.", moment=ago(1))
    add_language(edition.version.text, "fr", state=EditionState.DRAFT)
    reader = signed_in(approver(summit))
    for client, edits in ((signed_in(officer(summit)), True), (reader, False)):
        content = page_of(client, edition)
        assert ("The words." in content, "<textarea" in content.partition("Edition 1 as")[0]) == (True, False)
        assert (editor(edition) in content) is edits
    tabs = content.split('<nav class="tabs"')[1].split("</nav>")[0]
    assert re.findall(r"data-state=\"\w+\">(\w+)</span>", tabs) == ["published", "draft"]
    assert reader.get(editor(edition))["Location"] == f"{page(edition)}?version=en"


def test_words_are_saved_and_submitted_at_once(summit: Summit) -> None:
    client = signed_in(officer(summit))
    values = {"kind": TextKind.STATEMENT, "wording": Wording.NONE, "language": "en", "title": "T"}
    answer = client.post(f"{LIST}add/?summit={summit.slug}", values | {"body": "One.", "submit": "1"})
    edition = Edition.objects.get()
    assert (said(answer), edition.state) == ("Submitted for review by a press approver.", EditionState.IN_REVIEW)
    # Whoever submitted has not decided.
    assert '<td data-label="Decided by"></td>' in page_of(client, edition)
    assert client.post(editor(edition), words(1, body="Two.", submit="1")).status_code == 302
    assert Edition.objects.get(number=2).state == EditionState.IN_REVIEW


def test_an_approver_publishes_what_somebody_else_wrote(summit: Summit) -> None:
    edition = make_text(summit=summit, state=EditionState.IN_REVIEW)
    edition.author.roles.create(summit=summit, role=Role.PRESS_APPROVER)
    reader, writer = signed_in(approver(summit)), signed_in(edition.author)
    buttons = [">Approve and publish now</button>", ">Approve edition</button>", ">Approve edition alone</button>"]
    for client, shown in ((reader, [True, True, False]), (writer, [False, False, True])):
        content = page_of(client, edition)
        assert [label in content for label in buttons] == shown
    assert "You wrote this edition. Another press approver must approve it." in content
    refused = "You wrote edition 1. Another press approver must approve it."
    assert refused in said(decide(writer, edition, "approve", publish="1"))
    assert not public_editions().exists()
    assert said(decide(reader, edition, "approve", publish="1")) == "Approved and published."
    assert public_editions().get() == edition


def test_what_would_be_out_long_before_its_session_is_said_at_the_button(summit: Summit) -> None:
    edition = make_text(summit=summit, state=EditionState.IN_REVIEW, speech=True)
    session = Session.objects.filter(slots=edition.version.text.slot_id)
    warning = "If you publish now, the text is out before delivery."
    for hours, state, make, shown in (
        (48, "in_review", approver, True),
        (0.5, "in_review", approver, False),
        (48, "approved", officer, True),
    ):
        session.update(starts_at=db_now() + hours * HOUR, ends_at=db_now() + (hours + 1) * HOUR)
        decided = {"decided_by": approver(summit), "decided_at": ago(1)} if state == "approved" else {}
        Edition.objects.update(state=state, **decided)
        assert (warning in page_of(signed_in(make(summit)), edition)) is shown


BUTTONS = {
    "Edit text",
    "Submit for review",
    "Approve edition",
    "Request changes",
    "Schedule",
    "Hold text",
    "Release hold",
    "Withdraw text",
    "Mark speech as delivered and publish now",
}
IN_REVIEW, HELD, OUT = ({"state": "in_review"}, {"held": True}, {"moment": ago(1)})
WRITES = {"Edit text", "Withdraw text"}
SHOWN: list[tuple[Any, dict[str, Any], set[str]]] = [
    (officer, {"state": "draft"}, WRITES | {"Submit for review", "Schedule", "Hold text"}),
    (officer, HELD, WRITES | {"Schedule", "Release hold"}),
    (officer, OUT, WRITES | {"Hold text"}),
    (approver, IN_REVIEW, {"Approve edition", "Request changes", "Schedule", "Hold text", "Withdraw text"}),
    (organiser, IN_REVIEW, {"Hold text"}),
    (officer, OUT | {"withdrawn_at": ago(0.5)}, set()),
]


@pytest.mark.parametrize(("make", "values", "shown"), SHOWN)
def test_buttons_fit_the_role_and_the_state(make: Any, values: dict[str, Any], shown: set[str]) -> None:
    edition = make_text(**values)
    content = page_of(signed_in(make(edition.version.text.summit)), edition)
    assert {label for label in BUTTONS if re.search(f">{label}</(button|a)>", content)} == shown


def test_the_second_editor_sees_the_first_ones_words_and_loses_none() -> None:
    edition = make_text(state=EditionState.DRAFT)
    client = signed_in(officer(edition.version.text.summit))
    add_edition(edition.version, state=EditionState.DRAFT, body="Their words.")
    answer = client.post(editor(edition), words(1, body="My words."))
    content = answer.content.decode()
    assert answer.status_code == 409
    assert all(part in content for part in ("Their words.", "My words.", 'name="based_on" value="2"'))
    # Saving what the page shows keeps the words of both.
    body = answer.context["form"]["body"].value()
    assert "You both changed 1 passage" in content
    assert client.post(editor(edition), words(2, body=body)).status_code == 302
    bodies = list(Edition.objects.order_by("number").values_list("body", flat=True))
    assert [each.strip() for each in bodies[1:]] == ["Their words.", "Their words.\n\nMy words."]


def test_what_stops_a_form_is_said() -> None:
    edition = make_text(state=EditionState.DRAFT)
    client = signed_in(officer(edition.version.text.summit))
    given = {"kind": "statement", "wording": "none", "language": "en", "title": "T", "body": "B"}
    for wrong, sentence in (
        ({"slug": edition.version.text.slug}, "Another text has this address"),
        ({"kind": "transcript", "wording": "prepared"}, "Choose a speech. If it is missing"),
        ({"body": "See ![a map](map.png)."}, "Texts can’t contain pictures. Remove “![a map](…”"),
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
    assert "already exists in this language" in again.content.decode()


def test_what_was_typed_with_a_refused_decision_stands_on_the_page_again() -> None:
    edition = make_text(state=EditionState.APPROVED)
    client = signed_in(officer(edition.version.text.summit))
    answer = decide(client, edition, "set_moment", when="at", moment="2020-07-01T09:30")
    assert said(answer) == "This time has passed. Choose a later time, or “now”."
    assert 'value="01/07/2020"' in answer.content.decode()
    # Where its field isn't offered any more it stands by itself.
    content = decide(client, edition, "approve_alone", note="Nobody is here.").content.decode()
    assert re.search(r"Your unsaved text:</strong></p><p [^>]*>Nobody is here\.</p>", content)
    answer = decide(client, edition, "hold", note=" ")
    assert said(answer) == "Enter a reason for the hold. The press desk can see it."
    content = answer.content.decode()
    assert "Your unsaved text:" not in content
    assert re.search(r'<details class="rare" open>\s*<summary>Hold text', content)


def test_the_desk_says_what_a_moment_waits_for(summit: Summit) -> None:
    alarm = datetime(2030, 7, 1, 8, 30, tzinfo=UTC)
    embargo = make_embargo(summit, None, mode=EmbargoMode.DELIVERED, fallback_at=alarm)
    edition = make_text(state=EditionState.DRAFT, embargo=embargo, summit=summit)
    client = signed_in(officer(summit))
    content = page_of(client, edition)
    assert ("Not approved. It is published when approved." in content, "publish now" in content) == (True, False)
    # The form begins with how it stands.
    assert 'value="01/07/2030"' in content
    assert re.search(r'value="delivered"[^>]*checked', content)
    for name, when, sentence in (
        ("deliver", "", "Speech marked as delivered. It can’t be published until it is approved."),
        ("set_moment", "never", "Unscheduled."),
        ("set_moment", "delivered", "It will be published when the speech is delivered."),
        ("set_moment", "soon", "Scheduled. It can’t be published"),
    ):
        assert said(decide(client, edition, name, when=when)).startswith(sentence)
