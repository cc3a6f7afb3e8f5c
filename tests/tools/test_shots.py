"""The list of pages of which pictures are made, and the walk that takes them."""

import ast
import re
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

from tools import catalogues
from tools.running import ROOT
from tools.shots import sheet
from tools.shots.camera import WAYS, Camera, _in
from tools.shots.pages import PAGES, PICTURES, STEPS

pytestmark = pytest.mark.once

README = (ROOT / "README.md").read_text()
TOUR = re.findall(r"^\d\. \*\*(.+?)[.?]\*\*", README, flags=re.MULTILINE)
LARGEST = 250_000
WALK = "".join((ROOT / "tools" / "shots" / f"{name}.py").read_text() for name in ("walk", "coming", "running_day"))
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


def labels(source: str) -> Iterator[tuple[str, bool]]:
    """Yield the words by which a source finds what is on a page, each with whether they are the whole label.

    A part that is put in is "…". Words of the demonstration, such as a session's title, stand in constants and are
    not yielded.
    """
    for call in ast.walk(ast.parse(source)):
        match call:
            case ast.Call(func=ast.Attribute(attr="press" | "get_by_label" | "get_by_text" as how), args=[first]) if (
                not ast.unparse(call.func).endswith("keyboard.press")
            ):
                exact = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}.get("exact")
                yield from ((words, exact == "True" or (how == "press" and not exact)) for words in _words(first))


def _words(given: ast.expr) -> list[str]:
    match given:
        case ast.Constant(value=str(words)):
            return [words]
        case ast.JoinedStr(values=parts):
            return ["".join(next(iter(_words(part)), "…") for part in parts)]
        case ast.IfExp(body=one, orelse=other):
            return _words(one) + _words(other)
    return []


def is_shown(words: str, whole: bool, msgids: Collection[str]) -> bool:
    """Return whether one of these messages is these words, or has them as a part; numbers are put in everywhere."""
    if whole:
        patterns = (".+".join(map(re.escape, PLACEHOLDER.split(msgid))) for msgid in msgids if "%(" in msgid)
        return words in msgids or any(re.fullmatch(pattern, words) for pattern in patterns)
    wanted = re.sub(r"\d+", "0", words)
    return any(wanted in PLACEHOLDER.sub("0", msgid) for msgid in msgids)


def test_each_step_of_the_readme_has_pages() -> None:
    # The last one asks what happens when something dies; there is nothing to see.
    assert [step for step in TOUR if step not in STEPS] == ["What if something dies"]
    assert {page.step for page in PAGES} == set(STEPS)


def test_each_page_is_taken_once_by_the_walk() -> None:
    taken = re.findall(r"\.take\(\"([\w-]+)\"", WALK)
    assert sorted(taken) == sorted(page.name for page in PAGES)


def test_the_walk_presses_what_the_pages_say_today() -> None:
    entries = catalogues.read("fr")
    msgids = {
        msgid for entry in entries if not entry.obsolete for msgid in (entry.msgid, entry.msgid_plural) if msgid
    }
    # A message of placeholders alone would be any words.
    msgids = {msgid for msgid in msgids if re.search(r"\w{2}", PLACEHOLDER.sub("", msgid))}
    found = set(labels(WALK))
    assert len(found) > 30
    assert [words for words, whole in found if not is_shown(words, whole, msgids)] == []
    assert not is_shown("Enter these", True, msgids)


def test_each_is_seen_narrow_and_wide_in_two_scripts_light_and_dark() -> None:
    ways = {(way.width, way.language, way.dark) for way in WAYS}
    both = {(width, language, dark) for width in (390, 1280) for language in ("en", "ar") for dark in (False, True)}
    assert ways == both | {(1280, "fr", False)}
    assert WAYS[-1].language == "en"


@pytest.mark.parametrize("name", PICTURES)
def test_each_picture_is_a_way_of_a_page_and_stands_in_the_readme(name: str) -> None:
    way = (PICTURES[name].width, PICTURES[name].language, PICTURES[name].dark)
    assert way in {(way.width, way.language, way.dark) for way in WAYS}
    assert PICTURES[name].page in {page.name for page in PAGES}
    assert name in re.findall(r"!\[[^\]]+\]\(docs/pictures/([\w-]+)\.png\)", README)
    picture = ROOT / "docs" / "pictures" / f"{name}.png"
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size < LARGEST


def test_the_language_is_in_the_address() -> None:
    assert _in("http://localhost:1/press/", "ar") == "http://localhost:1/press/?lang=ar"
    assert _in("http://localhost:1/admin/?q=a&lang=en", "ar") == "http://localhost:1/admin/?q=a&lang=ar"


def test_the_sheet_shows_what_was_taken(tmp_path: Path) -> None:
    (tmp_path / "press-390-ar-dark.png").touch()
    (tmp_path / "press.pdf").touch()
    text = sheet.write(tmp_path).read_text()
    assert re.findall(r'src="([^"]+)"', text) == ["press-390-ar-dark.png"]
    assert re.findall(r'href="([^"]+)"', text) == ["press.pdf", "press-390-ar-dark.png"]


def test_what_was_not_taken_is_named(tmp_path: Path) -> None:
    camera = Camera(tmp_path, wanted=frozenset({"press", "search"}))
    camera.taken.append("search")
    assert camera.missing() == ["press"]
