"""What is read of texts: their length, what differs between two wordings, the words of two in one, what waits."""

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any

import pytest

from press.texts.models import texts as texts_models
from press.texts.models.editions import Edition, EditionState
from press.texts.models.embargoes import Embargo, EmbargoMode
from press.texts.models.texts import Text
from press.texts.selectors import word_differences
from press.texts.selectors.merge_editions import merge_edition, merge_paragraphs
from press.texts.selectors.word_counts import Length, measure
from press.texts.selectors.word_differences import DifferenceKind, Pair, compare, compare_words, differ
from press.texts.selectors.workflow_queries import Outline, outlines, texts, todo
from summit.core.database_clock import db_now
from summit.summits.models import Summit
from tests.factories import AttachmentFactory
from tests.press.helpers import add_edition, ago, make_text, officer

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


def test_marks_are_aside_for_readers() -> None:
    old, new = "A **loud** word. [Here](https://a.example/)", "A loud word. [Here](https://b.example/)"
    assert differ(compare(old, new))
    assert not differ(compare_words(old, new))
    assert compare("", "") == []


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


BEGAN = "One.\n\nTwo.\n\nThree."


@pytest.mark.parametrize(
    ("mine", "theirs", "merged", "conflicts"),
    [
        (BEGAN, BEGAN, BEGAN, 0),
        ("One.\n\nTwo!\n\nThree.", BEGAN, "One.\n\nTwo!\n\nThree.", 0),
        (BEGAN, "One.\n\nThree.", "One.\n\nThree.", 0),
        # Both at different places.
        ("One!\n\nTwo.\n\nThree.", "One.\n\nTwo.\n\nThree!", "One!\n\nTwo.\n\nThree!", 0),
        # Both add at one place.
        (f"{BEGAN}\n\nMine.", f"{BEGAN}\n\nTheirs.", f"{BEGAN}\n\nTheirs.\n\nMine.", 0),
        (f"Mine.\n\n{BEGAN}", f"Theirs.\n\n{BEGAN}", f"Theirs.\n\nMine.\n\n{BEGAN}", 0),
        # Both do the same.
        ("One.\n\nThree.", "One.\n\nThree.", "One.\n\nThree.", 0),
        # Both change one paragraph; and one takes out what the other changed.
        ("One.\n\nMine.\n\nThree.", "One.\n\nTheirs.\n\nThree.", "One.\n\nTheirs.\n\nMine.\n\nThree.", 1),
        ("One.\n\nThree.", "One.\n\nTheirs.\n\nThree.", "One.\n\nTheirs.\n\nThree.", 1),
        ("Mine.", "Theirs.", "Theirs.\n\nMine.", 1),
        ("", BEGAN, "", 0),
    ],
)
def test_paragraphs(mine: str, theirs: str, merged: str, conflicts: int) -> None:
    assert merge_paragraphs(BEGAN, mine, theirs) == (f"{merged}\n", conflicts)
    # Line breaks of a browser are those of a file.
    assert merge_paragraphs(BEGAN, mine.replace("\n", "\r\n"), theirs) == (f"{merged}\n", conflicts)


def test_thousands_that_are_alike_take_no_minutes() -> None:
    same = "\n\n".join(["a"] * 20_000)
    assert merge_paragraphs(same, f"{same}\n\nMine.", f"Theirs.\n\n{same}")[0].count("a") >= 20_000


@pytest.mark.django_db
class TestBeside:
    def merged(self, **mine: object) -> tuple[dict[str, object], dict[str, object]]:
        began = make_text(state=EditionState.DRAFT, title="T", summary="S", body="B.")
        newest = add_edition(began.version, state=EditionState.DRAFT, title="Theirs", summary="S", body="B.")
        made = merge_edition(base=began, mine={"title": "T", "summary": "S", "body": "B.", **mine}, newest=newest)
        return made.values, made.theirs

    def test_what_one_changed_is_as_they_have_it(self) -> None:
        assert self.merged(summary="Mine") == ({"title": "Theirs", "summary": "Mine", "body": "B.\n"}, {})

    def test_what_both_changed_stays_and_is_told(self) -> None:
        assert self.merged(title="Mine") == ({"title": "Mine", "summary": "S", "body": "B.\n"}, {"title": "Theirs"})

    def test_files_that_either_added_or_took_away(self) -> None:
        began = make_text(state=EditionState.DRAFT)
        text = began.version.text
        kept, mine, theirs, gone = (AttachmentFactory(text=text) for _number in range(4))
        newest: Edition = add_edition(began.version, state=EditionState.DRAFT)
        began.attachments.set([kept, gone])
        newest.attachments.set([kept, theirs])
        typed = {"body": "B.", "attachments": [row.public_id for row in (kept, gone, mine)]}
        found = merge_edition(base=began, mine=typed, newest=newest).values["attachments"]
        assert found == [row.public_id for row in (kept, mine, theirs)]


@pytest.fixture
def varied(summit: Summit) -> list[Text]:
    """Texts in each state, with each kind of moment, held and not; one that was withdrawn."""
    found = []
    for state in EditionState.values:
        for moment in (None, ago(1), ago(-1)):
            for held in (False, True):
                if held and moment is None:
                    continue
                found.append(make_text(summit=summit, state=state, moment=moment, held=held).version.text)
    for fallback in (ago(1), ago(-1)):
        waits = make_text(summit=summit, speech=True).version.text
        Embargo.objects.filter(pk=waits.embargo_id).update(
            mode=EmbargoMode.DELIVERED, moment=None, fallback_at=fallback
        )
        found.append(waits)
    make_text(summit=summit, withdrawn_at=ago(0.5))
    make_text(state=EditionState.DRAFT)
    return found


def counted(rows: list[Outline], user: object) -> dict[str, set[int]]:
    now = db_now()
    found: dict[str, set[int]] = {}
    for row in rows:
        for name in row.todo(user, now):  # type: ignore[arg-type]
            found.setdefault(name, set()).add(row.pk)
    return found


@pytest.mark.django_db
def test_each_count_is_the_list_that_it_leads_to(summit: Summit, varied: list[Text]) -> None:
    user = officer(summit)
    make_text(summit=summit, state=EditionState.IN_REVIEW, author=user)
    listed = {
        name: set(texts(summit).filter(condition).values_list("pk", flat=True))
        for name, condition in todo(user).items()
    }
    rows = outlines(summit)
    assert counted(rows, user) == {name: keys for name, keys in listed.items() if keys}
    assert {"alarm", "overdue", "review", "change", "schedule", "held", "deliver", "submit"} <= counted(
        rows, user
    ).keys()
    assert {row.pk for row in rows} == set(
        Text.objects.filter(summit=summit, withdrawn_at=None).values_list("pk", flat=True)
    )


@pytest.mark.django_db
def test_one_query_however_many(summit: Summit, varied: list[Text], django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert len(outlines(summit)) == len(varied)
    assert texts_models.Text.objects.exclude(summit=summit).count() == 1
