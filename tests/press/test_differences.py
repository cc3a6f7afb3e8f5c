"""What differs between two wordings, told by paragraphs and words."""

import time

import pytest

from press.domain.differences import Kind, Pair, compare, compare_words, differ, paragraphs


def told(pairs: list[Pair]) -> list[str]:
    """Return each paragraph in one line: what is gone in [-...-], what is new in {+...+}."""
    marks = {Kind.SAME: "{}", Kind.GONE: "[-{}-]", Kind.NEW: "{{+{}+}}"}
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


@pytest.mark.parametrize(("old", "new", "expected"), CHANGED)
def test_words(old: str, new: str, expected: list[str]) -> None:
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
        (Kind.SAME, 0, 0),
        (Kind.GONE, 1, None),
        (Kind.CHANGED, 2, 1),
        (Kind.NEW, None, 2),
    ]
    assert "".join(run.words for run in pairs[2].old) == "Three is changed a little here."
    assert "".join(run.words for run in pairs[2].new) == "Three was changed a little here."


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


def test_long_texts_take_a_moment() -> None:
    words = [f"word{n * 7919 % 1709}" for n in range(20_000)]
    changed = [f"{word}s" if n % 40 == 0 else word for n, word in enumerate(words)]
    old = "\n\n".join(" ".join(words[n : n + 80]) for n in range(0, 20_000, 80))
    new = "\n\n".join(" ".join(changed[n : n + 80]) for n in range(0, 20_000, 80))
    began = time.process_time()
    assert sum(run.kind == Kind.NEW for pair in compare(old, new) for run in pair.runs) == 500
    # What would take hours where each is held against each other: many short paragraphs, and one that is all.
    assert (
        len(compare("\n\n".join("ab"[n % 2] for n in range(4000)), "\n\n".join("bac"[n % 3] for n in range(4000))))
        > 0
    )
    assert len(compare(old.replace("\n\n", ". "), new.replace("\n\n", ". "))) == 1
    assert time.process_time() - began < 6
