"""Approving many texts at once: which can be, which can't and why, and that each is approved by the rules of one."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from press.domain import deciding, many
from press.domain.problems import DecisionRefused
from press.models import Edition, EditionState, Text
from summit.models import AuditEntry, Summit
from tests.factories import EditionFactory, SummitFactory
from tests.press.helpers import approver, make_text, officer
from tests.press.test_admin import LIST, signed_in

pytestmark = pytest.mark.django_db
ASK = f"{LIST}approve/"


@pytest.fixture
def summit() -> Summit:
    return SummitFactory()


def texts_of(*editions: Edition) -> list[Text]:
    return [edition.version.text for edition in editions]


def test_what_waits_and_is_another_persons_is_approved(summit: Summit) -> None:
    by = approver(summit)
    waits = make_text(summit=summit, state=EditionState.IN_REVIEW)
    theirs = make_text(summit=summit, state=EditionState.DRAFT)
    own = EditionFactory(version=theirs.version, number=2, state=EditionState.IN_REVIEW, author=by)
    # The newest edition counts.
    draft = EditionFactory(version=make_text(summit=summit, state=EditionState.IN_REVIEW).version, number=2)
    reach = many.approve(texts=texts_of(waits, own, draft), by=by)
    assert [edition.pk for edition in reach.to] == [waits.pk]
    assert {edition.pk: why for edition, why in reach.skipped} == {
        own.pk: "you wrote it: somebody else has to approve it",
        draft.pk: "edition 2 is “draft”",
    }
    assert list(Edition.objects.filter(state="approved")) == [waits]
    assert AuditEntry.objects.filter(action="press.approve").count() == 1


def test_one_that_is_refused_stops_no_other(summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (make_text(summit=summit, state=EditionState.IN_REVIEW) for _number in range(2))
    real = deciding.approve

    def refuses(*, edition: Edition, by: object) -> None:
        if edition.pk == second.pk:
            raise DecisionRefused("Somebody was quicker.")
        real(edition=edition, by=by)  # type: ignore[arg-type]

    monkeypatch.setattr(deciding, "approve", refuses)
    reach = many.approve(texts=texts_of(first, second), by=approver(summit))
    assert ([row.pk for row in reach.to], [why for _row, why in reach.skipped]) == (
        [first.pk],
        ["Somebody was quicker."],
    )


def test_only_approvers_ask(summit: Summit) -> None:
    edition = make_text(summit=summit, state=EditionState.IN_REVIEW)
    for deed in (many.to_approve, many.approve):
        with pytest.raises(PermissionDenied):
            deed(texts=texts_of(edition), by=officer(summit))
    client = signed_in(officer(summit))
    assert 'value="approve_chosen"' not in client.get(LIST).content.decode()
    assert client.get(f"{ASK}?row={edition.version.text_id}").status_code == 403


def test_asking_takes_as_many_queries_for_one_as_for_many(summit: Summit) -> None:
    by = approver(summit)
    chosen = texts_of(*(make_text(summit=summit, state=EditionState.IN_REVIEW) for _number in range(3)))
    # What the account may do is kept with it.
    many.to_approve(texts=chosen, by=by)
    counts = []
    for number in (1, 3):
        with CaptureQueriesContext(connection) as queries:
            assert len(many.to_approve(texts=chosen[:number], by=by).to) == number
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_desk_asks_first_and_says_what_came_of_it(summit: Summit) -> None:
    waits = make_text(summit=summit, state=EditionState.IN_REVIEW)
    draft = make_text(summit=summit, state=EditionState.DRAFT)
    client = signed_in(approver(summit))
    keys = [edition.version.text_id for edition in (waits, draft)]
    asked = client.post(LIST, {"action": "approve_chosen", "_selected_action": keys})
    assert asked.headers["Location"] == f"{ASK}?row={keys[0]}&row={keys[1]}"
    page = client.get(asked.headers["Location"]).content.decode()
    assert '<button class="button" type="submit">Approve 1 text</button>' in page
    assert "1 stays as it is" in page
    assert not Edition.objects.filter(state=EditionState.APPROVED).exists()
    done = client.post(ASK, {"row": keys}, follow=True).content.decode()
    assert "1 text is approved." in done
    assert f"{draft.title}: edition 1 is “draft”" in done
    assert list(Edition.objects.filter(state=EditionState.APPROVED)) == [waits]
    assert (
        "None of those that were chosen waits for you." in client.get(f"{ASK}?row={keys[1]}&row=x").content.decode()
    )
