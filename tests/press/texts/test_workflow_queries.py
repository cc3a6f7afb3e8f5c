"""What the desk's home counts of texts is what its lists show."""

import pytest

from press.texts.models import texts as texts_models
from press.texts.models.editions import EditionState
from press.texts.models.embargoes import Embargo, EmbargoMode
from press.texts.models.texts import Text
from press.texts.selectors.workflow_queries import Outline, outlines, texts, todo
from summit.core.database_clock import db_now
from summit.summits.models import Summit
from tests.press.helpers import ago, make_text, officer

pytestmark = pytest.mark.django_db


@pytest.fixture
def varied(summit: Summit) -> list[Text]:
    """Texts in each state, with each kind of moment, held and not; one that was withdrawn."""
    found = []
    for state in EditionState.values:
        for moment in (None, ago(1), ago(-1)):
            for held in (False, True):
                if held and moment is None:
                    continue
                found.append(make_text(summit=summit, state=state, moment=moment, held=held).version.text)
    for fallback in (ago(1), ago(-1)):
        waits = make_text(summit=summit, speech=True).version.text
        Embargo.objects.filter(pk=waits.embargo_id).update(
            mode=EmbargoMode.DELIVERED, moment=None, fallback_at=fallback
        )
        found.append(waits)
    make_text(summit=summit, withdrawn_at=ago(0.5))
    make_text(state=EditionState.DRAFT)
    return found


def counted(rows: list[Outline], user: object) -> dict[str, set[int]]:
    now = db_now()
    found: dict[str, set[int]] = {}
    for row in rows:
        for name in row.todo(user, now):  # type: ignore[arg-type]
            found.setdefault(name, set()).add(row.pk)
    return found


def test_each_count_is_the_list_that_it_leads_to(summit: Summit, varied: list[Text]) -> None:
    user = officer(summit)
    make_text(summit=summit, state=EditionState.IN_REVIEW, author=user)
    listed = {
        name: set(texts(summit).filter(condition).values_list("pk", flat=True))
        for name, condition in todo(user).items()
    }
    rows = outlines(summit)
    assert counted(rows, user) == {name: keys for name, keys in listed.items() if keys}
    assert {"alarm", "overdue", "review", "change", "schedule", "held", "deliver", "submit"} <= counted(
        rows, user
    ).keys()
    assert {row.pk for row in rows} == set(
        Text.objects.filter(summit=summit, withdrawn_at=None).values_list("pk", flat=True)
    )


def test_one_query_however_many(summit: Summit, varied: list[Text], django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert len(outlines(summit)) == len(varied)
    assert texts_models.Text.objects.exclude(summit=summit).count() == 1
