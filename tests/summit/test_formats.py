"""Moments are written as each language writes them."""

from datetime import UTC, datetime

import pytest
from django.utils import formats
from django.utils.translation import override
from pytest_django.fixtures import Settings

MOMENT = datetime(2025, 4, 1, 14, 30, tzinfo=UTC)


def said(language: str) -> list[str]:
    with override(language):
        return [formats.date_format(MOMENT, name) for name in ("DATETIME_FORMAT", "DATE_FORMAT", "TIME_FORMAT")]


def test_arabic_has_the_day_first_and_24_hours() -> None:
    assert said("ar") == ["1 إبريل 2025، 14:30", "1 إبريل 2025", "14:30"]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_other_languages_are_as_django_has_them(language: str, settings: Settings) -> None:
    found = said(language)
    settings.FORMAT_MODULE_PATH = None
    formats.reset_format_cache()
    assert said(language) == found
