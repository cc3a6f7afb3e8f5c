"""Every constraint of declarations and visa support letters: breaking it fails in the database."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction

from delegations.models import Declaration, DeclarationKind, VisaLetter
from tests import factories as f

pytestmark = pytest.mark.django_db
DECIDED = {"decided_at": f.START}


def second_kind() -> None:
    kind = f.DeclarationKindFactory()
    f.DeclarationKindFactory(summit=kind.summit, name=kind.name)


def issued(**changed: object) -> VisaLetter:
    found: VisaLetter = f.VisaLetterFactory(
        **{"state": "issued", "number": 1, "decided_by": f.UserFactory(), **DECIDED, **changed}
    )
    return found


def second_number() -> None:
    letter = issued()
    issued(party=f.PartyFactory(summit=letter.summit))


def second_letter() -> None:
    letter = f.VisaLetterFactory()
    f.VisaLetterFactory(party=letter.party, person=letter.person)


BREAKS: dict[str, Callable[[], object]] = {
    "declaration_kind_once": second_kind,
    "declaration_state_known": lambda: f.DeclarationFactory(state="lost", decided_by=f.UserFactory(), **DECIDED),
    "declaration_decided_whole": lambda: f.DeclarationFactory(state="permitted", **DECIDED),
    "declaration_refused_says_why": lambda: f.DeclarationFactory(
        state="refused", decided_by=f.UserFactory(), **DECIDED
    ),
    "visa_number_once": second_number,
    "visa_letter_standing_once": second_letter,
    "visa_state_known": lambda: f.VisaLetterFactory(state="lost"),
    "visa_issued_whole": lambda: issued(number=None),
    "visa_refused_says_why": lambda: f.VisaLetterFactory(state="refused"),
}
SAID_BY_SQLITE = {
    "declaration_kind_once": (
        "UNIQUE constraint failed: delegations_declarationkind.summit_id, delegations_declarationkind.name"
    ),
    "visa_number_once": ("UNIQUE constraint failed: delegations_visaletter.summit_id, delegations_visaletter.number"),
    "visa_letter_standing_once": "UNIQUE constraint failed: delegations_visaletter.person_id",
}


@pytest.mark.parametrize("name", BREAKS)
def test_breaking_a_constraint_fails(name: str) -> None:
    with pytest.raises(IntegrityError) as broken, transaction.atomic():
        BREAKS[name]()
    said = str(broken.value)
    assert name in said or said == SAID_BY_SQLITE.get(name)


def test_every_constraint_is_tried() -> None:
    models = (Declaration, DeclarationKind, VisaLetter)
    assert {constraint.name for model in models for constraint in model._meta.constraints} == set(BREAKS)
