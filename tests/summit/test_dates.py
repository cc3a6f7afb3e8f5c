"""Days in words."""

from datetime import date

from django.utils.translation import override

from summit.dates import long_day, short_day


def test_a_day_is_written_as_its_language_writes_it() -> None:
    for language, day, long, short in (
        ("en", date(2025, 3, 31), "Monday 31 March 2025", "Mon 31 Mar 2025"),
        ("fr", date(2025, 3, 31), "lundi 31 mars 2025", "lun 31 mars 2025"),
        ("fr", date(2025, 4, 1), "mardi 1er avril 2025", "mar 1er avril 2025"),
        ("fr", date(2025, 4, 11), "vendredi 11 avril 2025", "ven 11 avril 2025"),
    ):
        with override(language):
            assert (long_day(day), short_day(day)) == (long, short)
