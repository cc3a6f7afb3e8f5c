"""Moments are written as each language writes them."""

from datetime import UTC, datetime

from django.utils import formats
from django.utils.translation import override
from pytest_django.fixtures import Settings

MOMENT = datetime(2025, 4, 1, 14, 30, tzinfo=UTC)


def said(language: str) -> list[str]:
    with override(language):
        return [formats.date_format(MOMENT, name) for name in ("DATETIME_FORMAT", "DATE_FORMAT", "TIME_FORMAT")]


def test_arabic_has_the_day_first_and_24_hours() -> None:
    assert said("ar") == ["1 إبريل 2025، 14:30", "1 إبريل 2025", "14:30"]


def test_english_has_the_day_first_and_24_hours_too() -> None:
    assert said("en") == ["Tue 1 Apr 2025, 14:30", "1 April 2025", "14:30"]


def test_french_is_as_django_has_it(settings: Settings) -> None:
    found = said("fr")
    settings.FORMAT_MODULE_PATH = None
    formats.reset_format_cache()
    assert said("fr") == found == ["1 avril 2025 14:30", "1 avril 2025", "14:30"]
