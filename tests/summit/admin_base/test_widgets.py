"""Dates are typed with the day first, and come back as they are shown."""

from datetime import date

import pytest
from django.forms import DateField
from django.utils.translation import override

from summit.admin_base.widgets import DayInput


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
@pytest.mark.parametrize("typed", ["3/4/2025", "03.04.2025", "3 4 2025", "03042025", "2025-04-03", "٣/٤/٢٠٢٥"])
def test_the_day_comes_first_in_every_language(typed: str, language: str) -> None:
    field = DateField(widget=DayInput())
    with override(language):
        value = field.widget.value_from_datadict({"day": typed}, {}, "day")
        assert field.clean(value) == date(2025, 4, 3)
        # As after an error elsewhere in the form.
        assert field.widget.format_value(value) == field.widget.format_value(date(2025, 4, 3)) == "03/04/2025"


@pytest.mark.parametrize("typed", ["", "soon", "3/4", "31/31/2025"])
def test_what_is_no_date_is_left_for_the_field(typed: str) -> None:
    widget = DayInput()
    value = widget.value_from_datadict({"day": typed}, {}, "day")
    assert value in (typed, "2025-31-31")
    assert widget.format_value(value) in (None, typed)
