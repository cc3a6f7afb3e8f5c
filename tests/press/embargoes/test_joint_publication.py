"""Texts that go out together or not at all, and the moment they go out late."""

import re
from datetime import UTC, datetime
from functools import partial
from unittest.mock import patch

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.test import Client

from press.embargoes import bulk_decision_job
from press.embargoes.services import bulk_decisions, embargoes, joint_publication
from press.overview.admin import bulk_decisions as bulk_desk
from press.texts.errors import DecisionRefused
from press.texts.models import visibility
from press.texts.models.editions import Edition, EditionState
from press.texts.models.embargoes import Embargo, EmbargoMode
from press.texts.models.texts import Text, TextVersion
from press.texts.models.visibility import public_editions, published_embargoes
from press.texts.services import decisions, texts
from summit.admin_base import selections
from summit.audit.models import AuditEntry
from summit.jobs import runner
from summit.jobs.models.jobs import Job
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests.clients import signed_in
from tests.delegations.helpers import queries
from tests.factories import EditionFactory, SummitFactory
from tests.press.helpers import add_language, ago, approver, make_text, move_to_now, officer, url_of
from tests.press.overview.test_admin import LIST

pytestmark = pytest.mark.django_db


def two(summit: Summit, *, second: str = EditionState.IN_REVIEW) -> tuple[Edition, Edition]:
    """Return editions of two texts that are tied, the first approved."""
    states = (EditionState.APPROVED, second)
    one, other = (make_text(summit=summit, state=state, decided_at=ago(9)) for state in states)
    joint_publication.tie(text=one.version.text, to=other.version.text, by=officer(summit))
    for edition in (one, other):
        edition.version.text.refresh_from_db()
    return one, other


def out() -> set[int]:
    return set(public_editions().values_list("pk", flat=True))


def test_nothing_goes_out_before_all_of_it_is_approved(client: Client, summit: Summit) -> None:
    one, other = two(summit)
    embargo = Embargo.objects.get()
    assert (embargo.tied, embargo.texts.count()) == (True, 2)
    move_to_now(embargo)
    assert out() == set()
    assert client.get(url_of(one.version.text)).status_code == 404
    assert not published_embargoes().exists()
    reader = approver(summit)
    decisions.approve(edition=other, by=reader)
    assert out() == {one.pk, other.pk}
    assert Embargo.objects.get().decided_by == reader
    # It went out late, together, at one moment, and says so.
    assert len(set(public_editions().values_list("published_at", flat=True))) == 1
    assert AuditEntry.objects.filter(action="press.complete").count() == 1


def test_control_without_the_condition_the_first_goes_out_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    one, _other = two(SummitFactory())
    move_to_now(Embargo.objects.get())
    monkeypatch.setattr(visibility, "missing", lambda *args, **kwargs: Q(pk__in=[]))
    assert out() == {one.pk}


def test_all_languages_of_one_go_out_together() -> None:
    edition = make_text(decided_at=ago(9))
    text = edition.version.text
    draft = add_language(text, "fr", state=EditionState.IN_REVIEW)
    TextVersion.objects.update(added_at=ago(8))
    joint_publication.tie(text=text, by=officer(text.summit))
    move_to_now(text.embargo)
    assert out() == set()
    decisions.approve(edition=draft, by=approver(text.summit))
    assert out() == {edition.pk, draft.pk}


def test_a_language_added_after_it_was_read_takes_nothing_back() -> None:
    edition = make_text(decided_at=ago(9), moment=ago(1))
    text = edition.version.text
    TextVersion.objects.update(added_at=ago(8))
    Embargo.objects.update(tied=True)
    texts.add_language(text=text, language="zh", title="话", body="话", by=officer(text.summit))
    assert out() == {edition.pk}


def test_approved_before_the_moment_the_moment_stands(summit: Summit) -> None:
    one, other = two(summit)
    Embargo.objects.update(moment=ago(-1), decided_by=officer(summit))
    decisions.approve(edition=other, by=approver(summit))
    assert out() == set()
    Embargo.objects.update(moment=ago(0.5))
    assert out() == {one.pk, other.pk}
    assert not AuditEntry.objects.filter(action="press.complete").exists()


def test_one_that_is_withdrawn_before_holds_the_others(summit: Summit) -> None:
    one, other = two(summit, second=EditionState.APPROVED)
    Embargo.objects.update(moment=ago(-1), decided_by=officer(summit))
    texts.withdraw(text=other.version.text, reason="Not agreed.", by=officer(summit))
    embargo = Embargo.objects.get()
    assert embargo.hold_reason == "A text published together with it was withdrawn."
    move_to_now(embargo)
    assert out() == set()
    embargoes.unhold(embargo=embargo, by=officer(summit))
    assert out() == {one.pk}


def test_what_was_approved_while_it_was_held_was_not_read_before(summit: Summit) -> None:
    """The last of two was approved before the hold, or after it: then neither has been read."""
    _one, other = two(summit, second=EditionState.APPROVED)
    TextVersion.objects.update(added_at=ago(8))
    held = {"held_at": ago(4), "held_by": officer(summit), "hold_reason": "Wait."}
    Embargo.objects.update(moment=ago(5), decided_by=officer(summit), **held)
    for hours, read in ((4.5, True), (3, False)):
        Edition.objects.filter(pk=other.pk).update(decided_at=ago(hours))
        assert published_embargoes().exists() is read


def test_untied_a_text_gets_a_embargo_without_a_moment(summit: Summit) -> None:
    one, _other = two(summit, second=EditionState.APPROVED)
    Embargo.objects.update(moment=ago(-1), decided_by=officer(summit))
    joint_publication.untie(text=one.version.text, by=officer(summit))
    embargo = Text.objects.get(pk=one.version.text_id).embargo
    assert (Embargo.objects.count(), embargo.moment, embargo.tied) == (2, None, False)


def test_a_hold_of_either_holds_both(summit: Summit) -> None:
    one, other, by = make_text(summit=summit), make_text(summit=summit), officer(summit)
    embargoes.hold(embargo=one.version.text.embargo, reason="Wait.", by=by)
    joint_publication.tie(text=one.version.text, to=other.version.text, by=officer(summit))
    embargo = Embargo.objects.get()
    assert (embargo.hold_reason, embargo.held_by) == ("Wait.", by)


def test_what_cannot_be_tied(summit: Summit) -> None:
    for other, said in (
        (make_text(summit=summit, moment=ago(1), decided_at=ago(2)), "has already been published"),
        (make_text(), "another summit"),
        (make_text(summit=summit, withdrawn_at=ago(1)), "has been withdrawn"),
    ):
        with pytest.raises(DecisionRefused, match=said):
            joint_publication.tie(
                text=make_text(summit=summit).version.text, to=other.version.text, by=officer(summit)
            )
    assert not Embargo.objects.filter(tied=True).exists()


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
        keys = [make_text(summit=summit, state=EditionState.DRAFT).version.text_id for _number in range(2)]
        writes, approves = signed_in(officer(summit)), signed_in(approver(summit))
        for client, todo, word, action, more in (
            (writes, "submit", "Submit all", "submit", {}),
            (approves, "review", "Approve all", "approve", {}),
            (writes, "schedule", "Schedule all at the same time", "set_moment", AT),
        ):
            assert word in self.words(client, todo)
            page = client.get(f"{LIST}many/{action}/?todo={todo}&summit={summit.slug}")
            assert [f'name="row" value="{key}"' in page.content.decode() for key in keys] == [True] * 2
            if more:
                wrong = client.post(MOMENT, {"row": keys, "when": "at", "moment": "soon"})
                problem = "Enter a date and time, such as 2025-03-31 09:30."
                assert (wrong.status_code, problem in wrong.content.decode()) == (400, True)
            assert client.post(f"{LIST}many/{action}/", {"row": keys, **more}).status_code == 302
        assert "Schedule all" not in self.words(writes, "schedule")
        assert set(Text.objects.values_list("embargo__moment", flat=True)) == {datetime(2040, 1, 1, 10, tzinfo=UTC)}
        assert set(Edition.objects.values_list("state", flat=True)) == {EditionState.APPROVED}

    def test_hundreds_of_texts_make_no_long_address(self, summit: Summit) -> None:
        keys = [make_text(summit=summit, state=EditionState.DRAFT).version.text_id for _number in range(3)]
        writes = signed_in(officer(summit))
        with patch.object(selections, "MOST", 2):
            asked = writes.post(LIST, {"action": "submit_chosen", "_selected_action": keys})
            assert re.fullmatch(rf"{LIST}many/submit/\?chosen=[\w-]+", asked["Location"])
            page = writes.get(asked["Location"]).content.decode()
            token = re.findall(r'name="chosen" value="([^"]+)"', page)[0]
            assert 'name="row"' not in page
            writes.post(f"{LIST}many/submit/", {"chosen": token})
        assert set(Edition.objects.values_list("state", flat=True)) == {EditionState.IN_REVIEW}

    @pytest.mark.slow("decides about more texts than a request does")
    def test_very_many_are_decided_by_a_job(self, summit: Summit) -> None:
        editions = [make_text(summit=summit, state=EditionState.IN_REVIEW) for _number in range(6)]
        keys = [edition.version.text_id for edition in editions]
        asked = signed_in(approver(summit))
        with patch.object(bulk_desk, "FEW", 5):
            answer = asked.post(ASK, {"row": keys})
        job = Job.objects.get()
        assert answer["Location"] == f"/admin/jobs/{job.public_id}/"
        assert not Edition.objects.filter(state=EditionState.APPROVED).exists()
        # Meanwhile somebody else decides about one.
        decisions.ask_changes(edition=editions[0], note="No.", by=approver(summit))
        runner.run(job.pk)
        job.refresh_from_db()
        kind = bulk_decision_job.KINDS["approve"]
        assert kind.result(job) == "5 texts approved. 1 was not changed. The reason is below."
        assert (job.done, job.total, kind.bad(job)) == (6, 6, False)
        said = {line.name: line.said for line in kind.lines(job)}
        assert said[editions[0].title] == "edition 1 is “changes requested”"
        assert said[editions[1].title] == "done"
        assert Edition.objects.filter(state=EditionState.APPROVED).count() == 5
        job.by.roles.all().delete()
        assert kind.lines(Job.objects.get()) == []

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
