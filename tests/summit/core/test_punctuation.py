"""Marks between things are those of the reader's script."""

import pytest
from django.template import Context, Template
from django.test import Client
from django.utils.translation import override

from summit.core import punctuation
from tests import factories as f

LINE = Template("{% load punctuation %}Hall{% comma %}House{% semicolon %}09:30{% until %}10:05")


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "Hall, House; 09:30–\u206010:05"),
        ("fr", "Hall, House\u202f; 09:30–\u206010:05"),
        ("ar", "Hall، House؛ 09:30 إلى\u00a0\u206010:05"),
        ("ar-eg", "Hall، House؛ 09:30 إلى\u00a0\u206010:05"),
    ],
)
def test_a_line_has_its_language_s_marks(language: str, line: str) -> None:
    with override(language):
        assert LINE.render(Context()) == line


def test_without_a_language_the_marks_are_english() -> None:
    with override(None):
        assert (punctuation.comma(), punctuation.semicolon(), punctuation.until()) == (", ", "; ", "–\u2060")


def test_a_span_of_time_in_a_sentence_is_not_broken_after_its_dash() -> None:
    said = "Monday 31 March, 09:30–10:05 – in the hall"
    assert punctuation.unbroken(said) == "Monday 31 March, 09:30–\u206010:05 – in the hall"


@pytest.mark.parametrize(("language", "line"), [("en", "France: sent"), ("fr", "France\u00a0: sent")])
def test_a_pair_has_its_language_s_colon(language: str, line: str) -> None:
    with override(language):
        assert punctuation.pair("France", "sent") == line


@pytest.mark.django_db
def test_pages_write_them(client: Client) -> None:
    summit = f.SummitFactory()
    place = f'<bdi lang="en">{summit.place}</bdi>'
    said = {code: client.get(f"/{summit.slug}/?lang={code}").content.decode() for code in ("en", "ar")}
    assert [f", {place}" in said["en"], f"، {place}" in said["en"]] == [True, False]
    assert [f", {place}" in said["ar"], f"، {place}" in said["ar"]] == [False, True]
