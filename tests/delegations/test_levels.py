"""At which levels whom is asked."""

import pytest

from delegations.domain.levels import ASKED, OFFERED, choices, problem
from delegations.models import Level, PartyKind
from tests import factories as f


def test_who_may_come_at_which_level() -> None:
    assert {
        PartyKind.COUNTRY: tuple(Level)[:-2],
        PartyKind.SUBSTATE: (
            *(Level.GOVERNMENT, Level.DEPUTY, Level.MINISTER, Level.VICE_MINISTER, Level.OFFICIAL),
            Level.REPRESENTATIVE,
        ),
        PartyKind.INTERNATIONAL: (Level.EXECUTIVE, Level.OFFICIAL, Level.AMBASSADOR, Level.REPRESENTATIVE),
        PartyKind.ORGANISATION: (Level.EXECUTIVE, Level.REPRESENTATIVE),
        PartyKind.GUEST: (),
    } == OFFERED
    assert set(OFFERED) == set(PartyKind)


@pytest.mark.parametrize(
    ("kind", "level", "said"),
    [
        ("country", "representative", "Choose one of these levels, or leave it open: head of state, head of"),
        ("organisation", "state", "Choose one of these levels, or leave it open: head of an organisation, repr"),
        ("organisation", "king", "Choose one of these levels, or leave it open: head of an organisation, repr"),
        ("guest", "minister", "A single guest comes at no level. Leave it open."),
        ("guest", "", ""),
        ("country", "minister", ""),
    ],
)
def test_the_others_are_refused_in_a_sentence(kind: str, level: str, said: str) -> None:
    found = problem(level, kind)
    assert found.startswith(said) if said else not found


def test_what_the_letter_asks_for_is_offered_where_it_fits() -> None:
    company = f.PartyFactory.build(kind="organisation", level="representative")
    assert [value for value, _name in choices(company)] == [ASKED, "executive", "representative"]
    company.level = "state"
    assert [value for value, _name in choices(company)] == ["executive", "representative"]
