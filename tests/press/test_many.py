"""Approving many texts at once: which can be, which can't and why, and that each is approved by the rules of one."""

import pytest
from django.core.exceptions import PermissionDenied

from press.domain import deciding, many
from press.domain.problems import DecisionRefused
from press.models import Edition, EditionState, Text
from summit.models import AuditEntry, Summit
from tests.clients import signed_in
from tests.factories import EditionFactory
from tests.press.helpers import approver, make_text, officer
from tests.press.test_admin import LIST

pytestmark = pytest.mark.django_db
ASK = f"{LIST}approve/"


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
    assert [row.pk for row in reach.to] == [first.pk]
    assert [why for _row, why in reach.skipped] == ["Somebody was quicker."]


def test_only_approvers_ask(summit: Summit) -> None:
    edition = make_text(summit=summit, state=EditionState.IN_REVIEW)
    for deed in (many.to_approve, many.approve):
        with pytest.raises(PermissionDenied):
            deed(texts=texts_of(edition), by=officer(summit))
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
    assert "1 stays as it is" in page
    assert not Edition.objects.filter(state=EditionState.APPROVED).exists()
    done = client.post(ASK, {"row": keys}, follow=True).content.decode()
    assert "1 text is approved." in done
    assert f"{draft.title}: edition 1 is “draft”" in done
    assert list(Edition.objects.filter(state=EditionState.APPROVED)) == [waits]
    nothing = client.get(f"{ASK}?row={keys[1]}&row=x").content.decode()
    assert "None of those that were chosen waits for you." in nothing
