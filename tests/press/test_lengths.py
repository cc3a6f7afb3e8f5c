import pytest

from press.domain.lengths import Length, measure

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
    assert (measure("好好好 a").counted, measure("a b c 好").counted) == (3, 3)
    assert (measure("好好好 a").by_characters, measure("a b c 好").by_characters) == (True, False)
