"""A summit's colour is readable in both themes, whatever it is; and so are the tokens of the stylesheet."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from summit.summits import colours

CSS = Path(settings.BASE_DIR) / "static" / "css" / "summit.css"
any_colour = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def tokens(theme: str) -> dict[str, str]:
    """Return the hexadecimal tokens of a theme."""
    text = CSS.read_text()
    dark_from = text.index("prefers-color-scheme: dark")
    part = text[:dark_from] if theme == "light" else text[dark_from : text.index("forced-colors")]
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", part))


def test_contrast_is_that_of_wcag() -> None:
    ratios = {("#000000", "#ffffff"): 21.0, ("#ffffff", "#ffffff"): 1.0, ("#777777", "#ffffff"): 4.478}
    for (one, other), wanted in ratios.items():
        assert colours.contrast(one, other) == pytest.approx(wanted, abs=0.001)
        assert colours.contrast(other, one) == colours.contrast(one, other)
    for wrong in ("", "red", "#fff", "1d4f91", "#1d4f9g", "#1d4f91 "):
        with pytest.raises(ValueError, match=r"."):
            colours.channels(wrong)


def test_a_readable_colour_stays_and_one_that_is_too_pale_or_too_dark_is_moved() -> None:
    assert colours.light_accent("#1d4f91") == colours.Accent("#1d4f91", "#ffffff")
    assert colours.dark_accent("#e8c020") == colours.Accent("#e8c020", "#10100e")
    for moved, ground, plain, wanted in (
        (colours.light_accent, colours.LIGHT_GROUNDS[0], "#e8c020", "#816a0d"),
        (colours.dark_accent, colours.DARK_GROUNDS[0], "#1d4f91", "#5791dd"),
    ):
        assert moved(plain).colour == wanted
        # The control: as it was it would not be readable.
        assert colours.contrast(plain, ground) < colours.TEXT


@given(any_colour)
def test_every_colour_becomes_readable(colour: str) -> None:
    for found, grounds, wash in (
        (colours.light_accent(colour), colours.LIGHT_GROUNDS, colours.LIGHT_WASH),
        (colours.dark_accent(colour), colours.DARK_GROUNDS, colours.DARK_WASH),
    ):
        behind = (*grounds, colours.mix(grounds[0], found.colour, wash), found.ink)
        assert min(colours.contrast(found.colour, each) for each in behind) >= colours.TEXT


@given(any_colour)
def test_printed_text_is_readable_on_every_colour(colour: str) -> None:
    assert colours.contrast(colour, colours.print_ink(colour)) >= colours.TEXT


@given(any_colour)
def test_a_button_stays_readable_beneath_the_pointer(colour: str) -> None:
    for found, theme in ((colours.light_accent(colour), "light"), (colours.dark_accent(colour), "dark")):
        # static/css/components.css mixes 14 % of the ink into the colour.
        hovered = colours.mix(found.colour, tokens(theme)["ink"], 0.14)
        assert colours.contrast(found.ink, hovered) >= colours.TEXT


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_tokens_are_readable_on_every_ground(theme: str) -> None:
    found = tokens(theme)
    for ground in ("ground", "raised", "sunken"):
        for ink in ("ink", "muted", "accent", "good", "warn", "bad"):
            assert colours.contrast(found[ink], found[ground]) >= 4.5, (theme, ink, ground)
        assert colours.contrast(found["edge"], found[ground]) >= 3, (theme, ground)
    assert colours.contrast(found["accent"], found["accent-ink"]) >= 4.5
    assert colours.contrast(found["bad"], found["ground"]) >= 4.5


def test_the_grounds_of_the_arithmetic_are_those_of_the_stylesheet() -> None:
    names = ("ground", "raised", "sunken")
    assert tuple(tokens("light")[name] for name in names) == colours.LIGHT_GROUNDS
    assert tuple(tokens("dark")[name] for name in names) == colours.DARK_GROUNDS
