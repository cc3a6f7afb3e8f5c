"""The list of pages of which pictures are made, and the walk that takes them."""

import re

import pytest

from tools.running import ROOT
from tools.shots.camera import WAYS
from tools.shots.pages import PAGES, PICTURES, STEPS

pytestmark = pytest.mark.once

README = (ROOT / "README.md").read_text()
TOUR = re.findall(r"^\d\. \*\*(.+?)[.?]\*\*", README, flags=re.MULTILINE)
LARGEST = 250_000
WALK = "".join((ROOT / "tools" / "shots" / f"{name}.py").read_text() for name in ("walk", "coming", "running_day"))


def test_each_step_of_the_readme_has_pages() -> None:
    # The last one asks what happens when something dies; there is nothing to see.
    assert [step for step in TOUR if step not in STEPS] == ["What if something dies"]
    assert {page.step for page in PAGES} == set(STEPS)


def test_each_page_is_taken_once_by_the_walk() -> None:
    taken = re.findall(r"\.take\(\"([\w-]+)\"", WALK)
    assert sorted(taken) == sorted(page.name for page in PAGES)


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
