"""At which levels whom is asked."""

import pytest

from delegations.domain.levels import offered
from delegations.models import Level, PartyKind
from tests import factories as f


@pytest.mark.parametrize("kind", list(PartyKind))
def test_who_may_come_at_which_level(kind: PartyKind) -> None:
    found = offered(f.PartyFactory.build(kind=kind))
    if kind == PartyKind.GUEST:
        assert found == []
    elif kind == PartyKind.ORGANISATION:
        assert found == [Level.EXECUTIVE, Level.REPRESENTATIVE]
    else:
        assert (Level.EXECUTIVE in found) == (kind == PartyKind.INTERNATIONAL)
        assert found[0] == Level.STATE
