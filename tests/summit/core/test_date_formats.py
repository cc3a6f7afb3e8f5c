"""Days in words."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override

from summit.core.date_formats import clock, long_day, short_day


def test_a_day_is_written_as_its_language_writes_it() -> None:
    for language, day, long, short in (
        ("en", date(2025, 3, 31), "Monday 31 March 2025", "Mon 31 Mar 2025"),
        ("fr", date(2025, 3, 31), "lundi 31 mars 2025", "lun 31 mars 2025"),
        ("fr", date(2025, 4, 1), "mardi 1er avril 2025", "mar 1er avril 2025"),
        ("fr", date(2025, 4, 11), "vendredi 11 avril 2025", "ven 11 avril 2025"),
    ):
        with override(language):
            assert (long_day(day), short_day(day)) == (long, short)


@pytest.mark.parametrize(
    ("zone", "moment", "said"),
    [
        ("Europe/London", "2025-10-26T00:30Z", "01:30 (UTC+1)"),
        ("Europe/London", "2025-10-26T01:30Z", "01:30 (UTC)"),
        ("Europe/London", "2025-10-26T02:00Z", "02:00"),
        # An hour that is skipped, and one like any other.
        ("Europe/London", "2025-03-30T01:00Z", "02:00"),
        ("Europe/London", "2025-03-31T08:30Z", "09:30"),
        ("America/St_Johns", "2025-11-02T04:00Z", "01:30 (UTC-2:30)"),
        ("Australia/Lord_Howe", "2025-04-05T15:10Z", "01:40 (UTC+10:30)"),
        ("UTC", "2025-10-26T01:30Z", "01:30"),
    ],
)
def test_an_hour_that_comes_twice_says_which_it_is(zone: str, moment: str, said: str) -> None:
    assert clock(datetime.fromisoformat(moment).astimezone(ZoneInfo(zone))) == said
