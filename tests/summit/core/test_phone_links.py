"""Telephone numbers as links (RFC 3966)."""

import pytest

from summit.core.phone_links import tel_uri
from summit.templatetags.phone_numbers import phone_link


@pytest.mark.parametrize(
    ("written", "uri"),
    [
        ("+44 20 7946 0004", "tel:+442079460004"),
        ("+44 (0)20 7946-0004", "tel:+442079460004"),
        ("(+33) 1.20", "tel:+33120"),
        ("020 7946 0004", "tel:02079460004"),
        ("(0) 20", "tel:020"),
        ("+33 1 20 ext. 12", "tel:+33120;ext=12"),
        ("+33 1 20 x12", "tel:+33120;ext=12"),
        ("+33 1 20, Extension 12", "tel:+33120;ext=12"),
        ("next 12", "tel:12"),
        ("1+2", "tel:12"),
        ("+٢٠ ٢ ٣", "tel:+2023"),
        ("ask reception", ""),
    ],
)
def test_the_uri_of_a_number(written: str, uri: str) -> None:
    assert tel_uri(written) == uri


def test_the_link_shows_the_number_as_it_was_written() -> None:
    assert phone_link("+44 <7>") == '<a href="tel:+447"><bdi dir="ltr" translate="no">+44 &lt;7&gt;</bdi></a>'
    assert phone_link("reception") == '<bdi dir="ltr" translate="no">reception</bdi>'
