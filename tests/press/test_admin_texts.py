"""What a text's page at the desk says and offers, as its officers and approvers meet it."""

import re
from datetime import UTC, datetime

import pytest

from press.models import ChangeKind, Edition, EditionState, LiftMode, Text, TextKind
from summit.models import Role
from tests.factories import EditionFactory, SummitFactory, TextVersionFactory
from tests.press.helpers import add_edition, ago, approver, make_lift, make_text, officer
from tests.press.test_admin import decide, page, said, signed_in

pytestmark = pytest.mark.django_db


def test_what_was_typed_with_a_refused_decision_stands_on_the_page_again() -> None:
    edition = make_text(state=EditionState.APPROVED)
    client = signed_in(officer(edition.version.text.summit))
    answer = decide(client, edition, "set_moment", when="at", moment="2020-07-01T09:30")
    assert said(answer) == "This moment has passed. Choose one to come, or “now”."
    assert 'value="2020-07-01T09:30"' in answer.content.decode()
    # Where its field isn't offered any more it stands by itself.
    answer = decide(client, edition, "approve_alone", note="Nobody is here.")
    assert re.search(r"What you had typed:</strong></p><p [^>]*>Nobody is here\.</p>", answer.content.decode())
    answer = decide(client, edition, "hold", note=" ")
    assert said(answer) == "Say why it is held: the desk sees the reason."
    content = answer.content.decode()
    assert "What you had typed:" not in content
    assert content.count('<details class="rare" open>') == 1


def test_the_desk_says_what_a_moment_waits_for() -> None:
    summit = SummitFactory()
    lift = make_lift(summit, None, mode=LiftMode.DELIVERED)
    edition = make_text(state=EditionState.DRAFT, lift=lift, summit=summit)
    client = signed_in(officer(summit))
    content = client.get(page(edition)).content.decode()
    assert "It isn’t approved: it goes out once it is." in content
    assert "publish now" not in content
    for name, when, sentence in (
        ("deliver", "", "Marked as given. Nothing of it goes out before it is approved."),
        ("set_moment", "never", "The moment is taken back."),
        ("set_moment", "delivered", "It goes out when the speech has been given."),
        ("set_moment", "soon", "The moment stands. Nothing of it"),
    ):
        assert said(decide(client, edition, name, when=when)).startswith(sentence)


def test_the_form_of_the_moment_begins_with_how_it_stands() -> None:
    summit, alarm = SummitFactory(), datetime(2030, 7, 1, 8, 30, tzinfo=UTC)
    lift = make_lift(summit, None, mode=LiftMode.DELIVERED, fallback_at=alarm)
    edition = make_text(state=EditionState.APPROVED, lift=lift, summit=summit)
    content = signed_in(officer(summit)).get(page(edition)).content.decode()
    assert 'value="2030-07-01T09:30"' in content
    assert re.search(r'value="delivered"[^>]*checked', content)


def test_whoever_can_be_the_second_person_is_offered_no_emergency() -> None:
    edition = make_text(state=EditionState.IN_REVIEW)
    reader, button = approver(edition.version.text.summit), ">Approve this edition alone</button>"
    assert button not in signed_in(reader).get(page(edition)).content.decode()
    edition.author.roles.create(summit=edition.version.text.summit, role=Role.PRESS_APPROVER)
    assert button in signed_in(edition.author).get(page(edition)).content.decode()


def test_the_reason_of_a_correction_is_asked_and_stays_until_it_is_approved() -> None:
    first = make_text(state=EditionState.IN_REVIEW, moment=ago(1))
    client = signed_in(officer(first.version.text.summit))
    # It is asked once something can have been read.
    assert "Kind of change" not in client.get(page(first)).content.decode()
    Edition.objects.update(state=EditionState.APPROVED)
    why = {"change_kind": ChangeKind.CLARIFICATION, "change_note": "The year was missing."}
    second = add_edition(first.version, state=EditionState.CHANGES_ASKED, **why)
    content = client.get(page(first)).content.decode()
    assert "Kind of change" in content
    assert 'name="change_note" value="The year was missing."' in content
    assert '<option value="clarification" selected>' in content
    Edition.objects.filter(pk=second.pk).update(state=EditionState.APPROVED)
    assert 'name="change_note" value="' not in client.get(page(first)).content.decode()


def test_each_language_says_where_it_stands() -> None:
    edition = make_text(moment=ago(1))
    client = signed_in(officer(edition.version.text.summit))
    version = TextVersionFactory(text=edition.version.text, language="fr", authoritative=False)
    EditionFactory(version=version, state=EditionState.DRAFT)
    tabs = client.get(page(edition)).content.decode().split('<nav class="tabs"')[1].split("</nav>")[0]
    assert re.findall(r"data-state=\"\w+\">(\w+)</span>", tabs) == ["published", "draft"]


def test_an_advisory_asks_for_what_the_media_need() -> None:
    edition = make_text()
    Text.objects.update(kind=TextKind.ADVISORY)
    client, asks = signed_in(officer(edition.version.text.summit)), "It doesn’t say yet which media may come."
    assert asks in client.get(page(edition)).content.decode()
    Text.objects.update(media_access="open")
    assert asks not in client.get(page(edition)).content.decode()
