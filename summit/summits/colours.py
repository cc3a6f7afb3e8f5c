"""Colour arithmetic: derive accents that are readable in both themes from the one colour that a summit chooses.

Contrast is measured as in WCAG 2.2, from 1 (none) to 21 (black on white). Text needs a contrast of 4.5.
"""

import colorsys
from collections.abc import Iterable
from dataclasses import dataclass

TEXT = 4.5
STEPS = 100
# The backgrounds of text in the accent colour, and the colours of text on the accent. As in static/css/summit.css.
LIGHT_GROUNDS = ("#fbfaf6", "#ffffff", "#f1efe8")
DARK_GROUNDS = ("#161614", "#1f1f1c", "#282824")
LIGHT_INK = "#ffffff"
DARK_INK = "#10100e"
# The share of the accent in the background of current and selected items, on which it must be readable too.
LIGHT_WASH = 0.08
DARK_WASH = 0.14


@dataclass(frozen=True)
class Accent:
    """An accent colour and the colour of text (ink) that is readable on it."""

    colour: str
    ink: str


def channels(colour: str) -> tuple[int, int, int]:
    """Return red, green and blue of a colour "#rrggbb", each from 0 to 255. Raises ValueError for another form."""
    if len(colour) != 7 or not colour.startswith("#"):
        raise ValueError(f"{colour!r} is no colour of six hexadecimal digits")
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour, from 0 for black to 1 for white (WCAG 2.2)."""
    red, green, blue = (_linear(value / 255) for value in channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def mix(colour: str, other: str, share: float) -> str:
    """Return `colour` mixed with `other`, which has the share `share` from 0 to 1."""
    return _hexadecimal(a + (b - a) * share for a, b in zip(channels(colour), channels(other), strict=True))


def _hexadecimal(values: Iterable[float]) -> str:
    return "#" + "".join(f"{round(value):02x}" for value in values)


def shade(colour: str, lightness: float) -> str:
    """Return the colour with the same hue and saturation and another lightness, from 0 to 1."""
    hue, _lightness, saturation = colorsys.rgb_to_hls(*(value / 255 for value in channels(colour)))
    return _hexadecimal(value * 255 for value in colorsys.hls_to_rgb(hue, lightness, saturation))


def readable(colour: str, grounds: tuple[str, ...], wash: float, end: float) -> str:
    """Return the colour with its lightness moved towards `end` only as far as is needed to make it readable.

    The result must be readable on all `grounds`, and on the first ground mixed with a share `wash` of the result.
    `end` is a lightness from 0 to 1. Raises ValueError if no lightness is readable.
    """
    lightness = colorsys.rgb_to_hls(*(value / 255 for value in channels(colour)))[1]
    for step in range(STEPS + 1):
        candidate = shade(colour, lightness + (end - lightness) * step / STEPS) if step else colour
        backgrounds = (*grounds, mix(grounds[0], candidate, wash))
        if all(contrast(candidate, ground) >= TEXT for ground in backgrounds):
            return candidate
    raise ValueError("Neither black nor white is readable on these grounds.")


def ink_on(colour: str) -> str:
    """Return the colour of text on the background `colour`: LIGHT_INK or DARK_INK, whichever has more contrast."""
    return max((LIGHT_INK, DARK_INK), key=lambda ink: contrast(colour, ink))


def print_ink(colour: str) -> str:
    """Return the colour of printed text on the background `colour`: white or black, whichever has more contrast.

    It is at least 4.58, so that text is readable on every colour.
    """
    return max(("#ffffff", "#000000"), key=lambda ink: contrast(colour, ink))


def light_accent(colour: str) -> Accent:
    """Return the accent for the light theme: the colour, darkened if it would be too pale to read."""
    readable_colour = readable(colour, LIGHT_GROUNDS, LIGHT_WASH, 0.0)
    return Accent(readable_colour, ink_on(readable_colour))


def dark_accent(colour: str) -> Accent:
    """Return the accent for the dark theme: the colour, lightened if it would be too dark to read."""
    readable_colour = readable(colour, DARK_GROUNDS, DARK_WASH, 1.0)
    return Accent(readable_colour, ink_on(readable_colour))


def stylesheet(colour: str) -> str:
    """Return the stylesheet that sets a summit's accent colour, unless the viewer's system forces its own colours."""
    light, dark = light_accent(colour), dark_accent(colour)
    return (
        "@layer tokens {\n"
        "  @media (forced-colors: none) {\n"
        f"    :root {{ --accent: {light.colour}; --accent-ink: {light.ink}; }}\n"
        "    @media (prefers-color-scheme: dark) {\n"
        f"      :root {{ --accent: {dark.colour}; --accent-ink: {dark.ink}; }}\n"
        "    }\n"
        "  }\n"
        "}\n"
    )
