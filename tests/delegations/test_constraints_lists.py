"""Every constraint of the lists and of the times for which data are kept: breaking it fails in the database."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction

from delegations.models import Category, ParticipantList, Retention, Sheet
from tests import factories as f

pytestmark = pytest.mark.django_db


def second_number() -> None:
    row = f.ParticipantListFactory()
    f.ParticipantListFactory(summit=row.summit, number=row.number)


def second_time() -> None:
    summit = f.SummitFactory()
    category = Category.objects.of(summit)["head"]
    for _round in range(2):
        Retention.objects.create(summit=summit, what="photo", category=category, days=1)


def second_usual_time() -> None:
    summit = f.SummitFactory()
    for _round in range(2):
        Retention.objects.create(summit=summit, what="photo", days=1)


BREAKS: dict[str, tuple[Callable[[], object], str]] = {
    "participant_list_numbered_once": (
        second_number,
        "UNIQUE constraint failed: delegations_participantlist.summit_id, delegations_participantlist.number",
    ),
    "retention_once": (
        second_time,
        "UNIQUE constraint failed: delegations_retention.summit_id, delegations_retention.what, "
        "delegations_retention.category_id",
    ),
    "retention_days_at_most": (
        lambda: Retention.objects.create(summit=f.SummitFactory(), what="photo", days=36526),
        "CHECK constraint failed: retention_days_at_most",
    ),
    "retention_usual_once": (
        second_usual_time,
        "UNIQUE constraint failed: delegations_retention.summit_id, delegations_retention.what",
    ),
    "retention_what_known": (
        lambda: Retention.objects.create(summit=f.SummitFactory(), what="soul"),
        "CHECK constraint failed: retention_what_known",
    ),
    "sheet_purpose_known": (
        lambda: Sheet.objects.create(summit=f.SummitFactory(), purpose="fun", filename="x", content=b"x"),
        "CHECK constraint failed: sheet_purpose_known",
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_breaking_a_constraint_fails(name: str) -> None:
    breaks, said = BREAKS[name]
    with pytest.raises(IntegrityError) as broken, transaction.atomic():
        breaks()
    # SQLite names a check, and the columns of a unique one.
    assert str(broken.value) == said or name in str(broken.value)


def test_every_constraint_is_tried() -> None:
    models = (ParticipantList, Retention, Sheet)
    assert {constraint.name for model in models for constraint in model._meta.constraints} == set(BREAKS)


@pytest.mark.parametrize("column", ["content", "number", "final"])
def test_a_revision_is_never_changed(column: str) -> None:
    row = f.ParticipantListFactory()
    values = {"content": "x", "number": 99, "final": True}
    with pytest.raises(IntegrityError, match="is never changed"), transaction.atomic():
        ParticipantList.objects.filter(pk=row.pk).update(**{column: values[column]})
