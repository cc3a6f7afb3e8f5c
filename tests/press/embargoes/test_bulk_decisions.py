"""Approving many texts at once: which can be, which can't and why, and that each is approved by the rules of one."""

from datetime import UTC, datetime
from functools import partial

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from press.embargoes.services import bulk_decisions
from press.texts.errors import DecisionRefused
from press.texts.models.editions import Edition, EditionState
from press.texts.models.embargoes import EmbargoMode
from press.texts.models.texts import Text
from press.texts.services import decisions
from summit.audit.models import AuditEntry
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests.clients import signed_in
from tests.delegations.helpers import queries
from tests.factories import EditionFactory, SummitFactory
from tests.press.helpers import ago, approver, make_text, officer, organiser
from tests.press.overview.test_admin import LIST

pytestmark = pytest.mark.django_db
ASK = f"{LIST}many/approve/"
MOMENT = f"{LIST}many/set_moment/"
AT = {"when": "at", "moment": "2040-01-01T10:00"}
APPROVE = bulk_decisions.BULK_DECISIONS["approve"]


def texts_of(*editions: Edition) -> list[Text]:
    return [edition.version.text for edition in editions]


def test_what_waits_and_is_another_persons_is_approved(summit: Summit) -> None:
    by = approver(summit)
    waits = make_text(summit=summit, state=EditionState.IN_REVIEW)
    theirs = make_text(summit=summit, state=EditionState.DRAFT)
    own = EditionFactory(version=theirs.version, number=2, state=EditionState.IN_REVIEW, author=by)
    # The newest edition counts.
    draft = EditionFactory(version=make_text(summit=summit, state=EditionState.IN_REVIEW).version, number=2)
    reach = bulk_decisions.decide(action=APPROVE, texts=texts_of(waits, own, draft), by=by)
    assert [edition.pk for edition in reach.to] == [waits.pk]
    assert {edition.pk: why for edition, why in reach.skipped} == {
        own.pk: "you wrote it, so someone else must approve it",
        draft.pk: "edition 2 is “draft”",
    }
    assert list(Edition.objects.filter(state="approved")) == [waits]
    assert AuditEntry.objects.filter(action="press.approve").count() == 1


def test_one_that_is_refused_stops_no_other(summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (make_text(summit=summit, state=EditionState.IN_REVIEW) for _number in range(2))
    real = decisions.approve

    def refuses(*, edition: Edition, by: object) -> None:
        if edition.pk == second.pk:
            raise DecisionRefused("Somebody was quicker.")
        real(edition=edition, by=by)  # type: ignore[arg-type]

    monkeypatch.setattr(decisions, "approve", refuses)
    reach = bulk_decisions.decide(action=APPROVE, texts=texts_of(first, second), by=approver(summit))
    assert [row.pk for row in reach.to] == [first.pk]
    assert [why for _row, why in reach.skipped] == ["Somebody was quicker."]


def test_only_approvers_ask(summit: Summit) -> None:
    edition = make_text(summit=summit, state=EditionState.IN_REVIEW)
    for ask in (bulk_decisions.find_targets, bulk_decisions.decide):
        with pytest.raises(PermissionDenied):
            ask(action=APPROVE, texts=texts_of(edition), by=officer(summit))
    assert 'value="approve_chosen"' not in signed_in(officer(summit)).get(LIST).content.decode()


def test_the_desk_asks_first_and_says_what_came_of_it(summit: Summit) -> None:
    waits = make_text(summit=summit, state=EditionState.IN_REVIEW)
    draft = make_text(summit=summit, state=EditionState.DRAFT)
    client = signed_in(approver(summit))
    keys = [edition.version.text_id for edition in (waits, draft)]
    asked = client.post(LIST, {"action": "approve_chosen", "_selected_action": keys})
    assert asked.headers["Location"] == f"{ASK}?row={keys[0]}&row={keys[1]}"
    page = client.get(asked.headers["Location"]).content.decode()
    assert '<button class="button" type="submit">Approve 1 text</button>' in page
    assert "1 not changed" in page
    assert not Edition.objects.filter(state=EditionState.APPROVED).exists()
    done = client.post(ASK, {"row": keys}, follow=True).content.decode()
    assert "1 text approved." in done
    assert f"{draft.title}: edition 1 is “draft”" in done
    assert list(Edition.objects.filter(state=EditionState.APPROVED)) == [waits]
    nothing = client.get(f"{ASK}?row={keys[1]}&row=x").content.decode()
    assert "None of the selected texts is waiting for you." in nothing


class TestAfterAnImport:
    """What was imported as drafts goes its way with three pages, each of which the desk's list leads to."""

    def words(self, client: Client, todo: str) -> str:
        return client.get(f"{LIST}?todo={todo}").content.decode()

    def test_many_are_submitted_approved_and_given_one_moment(self, summit: Summit) -> None:
        drafts = [make_text(summit=summit, state=EditionState.DRAFT) for _number in range(3)]
        writes, approves = signed_in(officer(summit)), signed_in(approver(summit))
        keys = [edition.version.text_id for edition in drafts]
        for client, todo, word, action, more in (
            (writes, "submit", "Submit all", "submit", {}),
            (approves, "review", "Approve all", "approve", {}),
            (writes, "schedule", "Schedule all at the same time", "set_moment", AT),
        ):
            assert word in self.words(client, todo)
            page = client.get(f"{LIST}many/{action}/?todo={todo}&summit={summit.slug}")
            assert [f'name="row" value="{key}"' in page.content.decode() for key in keys] == [True] * 3
            assert client.post(f"{LIST}many/{action}/", {"row": keys, **more}).status_code == 302
            # Nothing waits any more.
            assert word not in self.words(client, todo)
        assert set(Text.objects.values_list("embargo__moment", flat=True)) == {datetime(2040, 1, 1, 10, tzinfo=UTC)}
        assert set(Edition.objects.values_list("state", flat=True)) == {EditionState.APPROVED}

    def test_whoever_may_not_isnt_led_there(self, summit: Summit) -> None:
        for _number in range(2):
            make_text(summit=summit, state=EditionState.IN_REVIEW)
        assert "Approve all" not in self.words(signed_in(officer(summit)), "review")
        for by, action in ((officer, "approve"), (approver, "submit"), (organiser, "set_moment")):
            assert signed_in(by(summit)).get(f"{LIST}many/{action}/").status_code == 403

    def test_what_is_wrong_with_a_moment_is_said_and_nothing_is_written(self, summit: Summit) -> None:
        keys = [make_text(summit=summit).version.text_id for _number in range(2)]
        page = signed_in(officer(summit)).post(MOMENT, {"row": keys, "when": "at", "moment": "soon"})
        assert (page.status_code, "Enter a date and time, such as 2025-03-31 09:30." in page.content.decode()) == (
            400,
            True,
        )
        assert set(Text.objects.values_list("embargo__moment", flat=True)) == {None}

    def test_what_is_out_stays_and_speeches_may_be_waited_for(self, summit: Summit) -> None:
        out, waits = make_text(summit=summit, moment=ago(1)), make_text(summit=summit, speech=True)
        gone = make_text(summit=summit, withdrawn_at=ago(1))
        keys = [edition.version.text_id for edition in (out, waits, gone)]
        done = signed_in(officer(summit)).post(MOMENT, {"row": keys, "when": "delivered"}, follow=True)
        page = done.content.decode()
        assert "1 text scheduled." in page
        assert f"{out.title}: it is already published" in page
        assert f"{gone.title}: it is withdrawn" in page
        assert list(Text.objects.filter(embargo__mode=EmbargoMode.DELIVERED)) == [waits.version.text]

    def test_texts_of_two_summits_have_no_one_moment(self, summit: Summit) -> None:
        by, other = officer(summit), SummitFactory()
        other.roles.create(user=by, role=Role.PRESS_OFFICER)
        here, there = make_text(summit=summit), make_text(summit=other)
        keys = [edition.version.text_id for edition in (here, there)]
        signed_in(by).post(MOMENT, {"row": keys, **AT})
        assert [text.embargo.moment is not None for text in Text.objects.order_by("pk")] == [True, False]

    def test_as_many_queries_for_many_as_for_few(self, summit: Summit) -> None:
        by = officer(summit)
        few = texts_of(make_text(summit=summit), make_text(summit=summit))
        many_more = texts_of(*(make_text(summit=summit) for _number in range(8)))
        for action in bulk_decisions.BULK_DECISIONS.values():
            asks = approver(summit) if action.name == "approve" else by
            # What the reader may do is asked once.
            bulk_decisions.find_targets(action=action, texts=few, by=asks)
            counts = [
                queries(partial(bulk_decisions.find_targets, action=action, texts=found, by=asks))
                for found in (few, many_more)
            ]
            assert counts[0] == counts[1] <= 5
