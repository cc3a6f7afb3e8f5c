"""What breaks a rule is said with its place and with what to do, all of it at once."""

import pytest

from summit.people.models import Person
from tests.ratchets import at, broken, hold, of_words, page, place, table

pytestmark = pytest.mark.once
SELF = "tests/test_ratchets.py"
NAMES = {"one", "two"}
LINE = at(__file__, "NAMES =")


def test_all_that_breaks_rules_is_said_at_once() -> None:
    hold([], broken("Mend it.", []), table({"one": LINE, "two": LINE}, NAMES, f"{__file__} NAMES"))
    with pytest.raises(pytest.fail.Exception) as failed:
        hold(
            broken("Mend it.", [("b.py:3", "is wrong"), "a.py:1", ("b.py:3", "is wrong")]),
            table({"two": "", "three": "c.py:3", "four": "c.py:4"}, NAMES, f"{SELF} NAMES", "Put it into {table}."),
        )
    assert str(failed.value).splitlines() == [
        *("a.py:1", "b.py:3: is wrong", "  To do: Mend it."),
        *("c.py:3: three", "c.py:4: four", f"  To do: Put it into NAMES ({LINE})."),
        *(f"{LINE}: there is no one", f"  To do: Take it out of NAMES ({LINE})."),
    ]


def test_places() -> None:
    files = {
        place(Person._meta.get_field("badge_name")): "summit/people/models.py",
        place(Person): "summit/people/models.py",
        place(test_places): SELF,
        page("admin:delegations_badge_changelist"): "delegations/badges/admin/",
        page("admin:agenda_session_cancel"): "sessions/draft/admin/",
        of_words("Enter the date, such as 1990-12-31."): "delegations/members/forms.py",
        at("docs/adding.md", "no such line", "# How to add"): "docs/adding.md",
    }
    assert [where for where, file in files.items() if not where.startswith(file)] == []
    assert [where for where in files if not where.rpartition(":")[2].isdecimal()] == []
    assert (place("here"), at("docs/adding.md", "no such line")) == ("here", "docs/adding.md")
