"""The words of two officers in one."""

import pytest

from press.texts.models.editions import Edition, EditionState
from press.texts.selectors.merge_editions import merge_edition, merge_paragraphs
from tests.factories import AttachmentFactory
from tests.press.helpers import add_edition, make_text

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
        assert self.merged(title="Mine") == (
            {"title": "Mine", "summary": "S", "body": "B.\n"},
            {"title": "Theirs"},
        )

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
