"""What audit entries say of fields, in the words of the pages."""

import pytest

from delegations.parties.models.parties import Party
from summit.audit.rendering import field_name
from summit.people.models import Person


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("office", "Office held"),
        # Of the particulars, which extend a person one to one.
        ("arrival_flight", "Arrival flight or train"),
        ("memberships", "Members"),
        ("of_no_model", "Of_no_model"),
    ],
)
def test_a_field_is_named_as_on_the_pages(name: str, label: str) -> None:
    assert field_name(Person if name != "memberships" else Party, name) == label
