import pytest

from press.texts.models.editions import Edition
from press.texts.selectors.rendered_editions import minutes_of
from press.texts.selectors.word_counts import Length, measure

MEASURED = [
    ("One two, three.", Length(3), 1),
    ("# Head\n\n- a\n- b [link](https://a.example/)", Length(4), 1),
    ("word " * 1300, Length(1300), 10),
    ("各位代表，2025年好。", Length(1, 6), 1),
    ("好" * 2600, Length(0, 2600), 10),
    ("السلام عليكم — أصدقائي", Length(3), 1),
    ("", Length(0), 1),
]


@pytest.mark.parametrize(("body", "length", "minutes"), MEASURED)
def test_length(body: str, length: Length, minutes: int) -> None:
    assert measure(body) == length
    assert measure(body).minutes == minutes


def test_a_text_is_told_in_what_it_has_more_of() -> None:
    for body, by_characters in (("好好好 a", True), ("a b c 好", False)):
        assert (measure(body).counted, measure(body).by_characters) == (3, by_characters)


@pytest.mark.parametrize(("body", "minutes"), [("word " * 714, 3), ("字" * 1200, 3), ("", 1)])
def test_minutes_to_read(body: str, minutes: int) -> None:
    assert minutes_of(Edition(body=body)) == minutes
