"""What differs between two wordings, told by paragraphs and words."""

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any

import pytest

from press.texts.selectors import word_differences
from press.texts.selectors.word_differences import DifferenceKind, Pair, compare, compare_words, differ, paragraphs


def told(pairs: list[Pair]) -> list[str]:
    """Return each paragraph in one line: what is gone in [-...-], what is new in {+...+}."""
    marks = {DifferenceKind.SAME: "{}", DifferenceKind.GONE: "[-{}-]", DifferenceKind.NEW: "{{+{}+}}"}
    return ["".join(marks[run.kind].format(run.words) for run in pair.runs) for pair in pairs]


CHANGED = [
    ("The quick brown fox.", "The slow brown fox.", ["The [-quick -]{+slow +}brown fox."]),
    ("We spend 1,000 by 2030.", "We spend 1,500 by 2030.", ["We spend [-1,000 -]{+1,500 +}by 2030."]),
    ("It ends.", "It ends, now.", ["It ends{+, now+}."]),
    ("It ends (at last).", "It ends.", ["It ends[- (at last)-]."]),
    ("各位代表,今天我们开会。", "各位代表,昨天我们开会。", ["各位代表,[-今-]{+昨+}天我们开会。"]),
    (
        "السلام عليكم، أيها الأصدقاء",
        "السلام عليكم، أيتها الصديقات",
        ["السلام عليكم، [-أيها الأصدقاء-]{+أيتها الصديقات+}"],
    ),
    # What carries a vowel sign is another word; the sign alone isn't.
    ("كَتَبَ الولد", "كتب الولد", ["[-كَتَبَ -]{+كتب +}الولد"]),
    # A joining word between two changed phrases reads with them.
    (
        "the old house and its garden",
        "the new flat and a yard",
        ["the [-old house and its garden-]{+new flat and a yard+}"],
    ),
    ("A *mark* stays.", "A **mark** stays.", ["A {+*+}*mark*{+*+} stays."]),
]


def test_words() -> None:
    for old, new, expected in CHANGED:
        assert told(compare(old, new)) == expected


def test_paragraphs_are_matched_before_their_words() -> None:
    old = "One stays as it is.\n\nTwo goes away.\n\nThree is changed a little here."
    new = "One stays\nas it is.\n\nThree was changed a little here.\n\nSomething else entirely comes."
    pairs = compare(old, new)
    assert told(pairs) == [
        "One stays\nas it is.",
        "[-Two goes away.-]",
        "Three [-is -]{+was +}changed a little here.",
        "{+Something else entirely comes.+}",
    ]
    assert [(pair.kind, pair.old_at, pair.new_at) for pair in pairs] == [
        (DifferenceKind.SAME, 0, 0),
        (DifferenceKind.GONE, 1, None),
        (DifferenceKind.CHANGED, 2, 1),
        (DifferenceKind.NEW, None, 2),
    ]


def test_each_side_is_whole() -> None:
    old = "A b c d e.\n\nF g h.\n\nI j k l m n o p."
    new = "A x c d.\n\nI j k q m n o p r.\n\nS t.\n\nF g h."
    pairs = compare(old, new)
    before = ["".join(run.words for run in pair.old) for pair in pairs if pair.old_at is not None]
    after = ["".join(run.words for run in pair.new) for pair in pairs if pair.new_at is not None]
    assert [part.split() for part in before] == [part.split() for part in paragraphs(old)]
    assert after == paragraphs(new)


def test_marks_are_aside_for_readers() -> None:
    old, new = "A **loud** word. [Here](https://a.example/)", "A loud word. [Here](https://b.example/)"
    assert differ(compare(old, new))
    assert not differ(compare_words(old, new))
    assert compare("", "") == []


def test_words_of_a_long_text() -> None:
    words = [f"word{n * 7919 % 1709}" for n in range(1600)]
    changed = [f"{word}s" if n % 40 == 0 else word for n, word in enumerate(words)]
    old, new = ("\n\n".join(" ".join(side[n : n + 80]) for n in range(0, 1600, 80)) for side in (words, changed))
    assert sum(run.kind == DifferenceKind.NEW for pair in compare(old, new) for run in pair.runs) == 40


def test_what_is_held_against_each_other_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many short paragraphs, and of one that is the whole text; without the limits each is compared with each."""
    compared: list[int] = []

    class Matcher(SequenceMatcher[Any]):
        def __init__(self, isjunk: None, a: Sequence[Any], b: Sequence[Any], autojunk: bool) -> None:
            compared.append(0 if autojunk else len(a) * len(b))
            super().__init__(isjunk, a, b, autojunk)

    def scores(old: list[Any], new: list[Any]) -> list[list[float]]:
        compared.append(len(old) * len(new))
        return real(old, new)

    def most(old: str, new: str) -> int:
        compared.clear()
        assert compare(old, new)
        return max(compared)

    real = word_differences._scores
    monkeypatch.setattr(word_differences, "SequenceMatcher", Matcher)
    monkeypatch.setattr(word_differences, "_scores", scores)
    short = ("\n\n".join("ab"[n % 2] for n in range(60)), "\n\n".join("bac"[n % 3] for n in range(60)))
    whole = tuple(" ".join(f"{n} {word} words." for n in range(30)) for word in ("old", "new"))
    # The control.
    assert (most(*short), most(*whole)) == (3600, 14400)
    monkeypatch.setattr(word_differences, "MOST_PAIRS", 100)
    monkeypatch.setattr(word_differences, "MOST_WORDS", 1000)
    assert (most(*short) <= 100, most(*whole) <= 1000) == (True, True)
