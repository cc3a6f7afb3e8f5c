"""Every constraint of invitations and letters' templates: breaking it fails in the database."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction

from delegations.models import Invitation, LetterTemplate
from tests import factories as f
from tests.delegations.test_constraints import BREAKS as OTHERS

pytestmark = pytest.mark.django_db


def template(**changed: object) -> LetterTemplate:
    values = {"purpose": "delegation", "language": "en", "subject": "S", "body": "B {link}", **changed}
    return LetterTemplate.objects.create(**{"summit": f.SummitFactory(), **values})


def second_number() -> None:
    party = f.PartyFactory()
    f.InvitationFactory(party=party, number=1, numbered_in=party.summit)
    f.InvitationFactory(party=f.PartyFactory(summit=party.summit), number=1, numbered_in=party.summit)


def second_template() -> None:
    first = template()
    template(summit=first.summit)


BREAKS: dict[str, Callable[[], object]] = {
    "invitation_answer_known": lambda: f.InvitationFactory(
        state="answered", sent_at=f.START, answered_at=f.START, answered_by="A", answer="maybe"
    ),
    "invitation_level_known": lambda: f.InvitationFactory(level="king"),
    "invitation_approved_has_approver": lambda: f.InvitationFactory(state="approved"),
    "invitation_number_once": second_number,
    "invitation_number_of_summit": lambda: f.InvitationFactory(number=1),
    "letter_template_once": second_template,
    "letter_purpose_known": lambda: template(purpose="poem"),
}
SAID_BY_SQLITE = {
    "invitation_number_once": (
        "UNIQUE constraint failed: delegations_invitation.numbered_in_id, delegations_invitation.number"
    ),
    "letter_template_once": (
        "UNIQUE constraint failed: delegations_lettertemplate.summit_id, delegations_lettertemplate.purpose, "
        "delegations_lettertemplate.language"
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_breaking_a_constraint_fails(name: str) -> None:
    with pytest.raises(IntegrityError) as broken, transaction.atomic():
        BREAKS[name]()
    said = str(broken.value)
    assert name in said or said == SAID_BY_SQLITE.get(name)


def test_every_constraint_is_tried() -> None:
    found = {constraint.name for model in (Invitation, LetterTemplate) for constraint in model._meta.constraints}
    assert found <= set(BREAKS) | set(OTHERS)
