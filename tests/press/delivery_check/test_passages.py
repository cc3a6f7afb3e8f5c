"""A text as passages: together they are the text, and what was heard makes another of them."""

import pytest

from press.delivery_check.passages import DeliveredPassage, Passage, passages, spoken
from press.texts.markdown_to_html import to_blocks, to_plain
from press.texts.selectors.paragraph_anchors import counted

BODY = """# Head

One
goes on.

- a
- b

> Quoted.
>
> Twice.

| a | b |
| --- | --- |
| c | d |

Two [link][x].

[x]: https://a.example/
"""
PARTS = [
    Passage("", "# Head"),
    Passage("p-1", "One\ngoes on."),
    Passage("p-2", "- a\n- b"),
    Passage("p-4", "> Quoted.\n>\n> Twice."),
    Passage("", "| a | b |\n| --- | --- |\n| c | d |"),
    Passage("p-6", "Two [link][x]."),
    Passage("", "[x]: https://a.example/"),
]


def test_passages_are_blocks_with_the_address_of_their_first_paragraph() -> None:
    assert passages(BODY) == PARTS
    assert passages(BODY.replace("\n", "\r\n")) == PARTS
    kept = [f"p-{number}" for number in range(11, 17)]
    assert [part.anchor for part in passages(BODY, kept)] == ["", "p-11", "p-12", "p-14", "", "p-16", ""]
    assert len(counted(BODY)) == 6


@pytest.mark.parametrize("body", [BODY, "One.", "a\n\n    code\n\nb\n\n* * *\n\n1. c\n\n   d\n2. e", ""])
def test_what_was_read_as_it_stands_is_the_text(body: str) -> None:
    assert to_blocks(spoken(passages(body), {})) == to_blocks(body)


def test_what_was_heard() -> None:
    parts = passages("# Head\n\nOne.\n\nTwo.\n\nThree.\n\nFour.")
    heard = {
        "p-1": DeliveredPassage(""),
        "p-2": DeliveredPassage(""),
        "p-3": DeliveredPassage("Other words.\n\nIn two.", inserted="And thanks."),
        "p-4": DeliveredPassage(None, inserted="The end."),
    }
    assert spoken(parts, heard) == "# Head\n\nOther words.\n\nIn two.\n\nAnd thanks.\n\nFour.\n\nThe end.\n"
    told = spoken(parts, heard, removed="[not delivered]")
    assert to_plain(told).split("\n\n")[:3] == ["Head", "[not delivered]", "Other words."]
