"""The handbook's pages: each in both languages, about pages that there are, with labels that the catalogue has."""

import re
from collections import Counter
from collections.abc import Iterable

import polib
import pytest
from django.conf import settings
from django.test import Client

from portal.handbook.contents import TASKS, Reader
from portal.handbook.selectors import FOLDER, LANGUAGES, PICTURE, Picture, Step, steps
from summit.permissions.route_table import existing

SLUGS = [task.slug for task in TASKS]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|<[^>]+>|[\u2068\u2069]")


def _norm(text: str) -> str:
    return " ".join(PLACEHOLDER.sub("…", text).split())


def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part.strip()) for part in words.split("…")), re.I)


class Catalogue:
    """The English texts and their French translations."""

    def __init__(self, entries: Iterable[polib.POEntry]) -> None:
        self.exact: dict[str, set[str]] = {}
        self.varying: list[tuple[re.Pattern[str], str, str]] = []
        for entry in entries:
            pairs = [(entry.msgid, entry.msgstr_plural[0] if entry.msgid_plural else entry.msgstr)]
            if entry.msgid_plural:
                pairs.append((entry.msgid_plural, entry.msgstr_plural[1]))
            for english, french in ((_norm(one), _norm(other)) for one, other in pairs):
                self.exact.setdefault(english.casefold(), set()).add(french.casefold())
                # Placeholders alone would fit everything.
                if "…" in english and re.search(r"\w", english):
                    self.varying.append((_pattern(english), english, french))

    def says(self, english: str, french: str) -> bool:
        """Return whether a text of the catalogue can be these words on a page in English, and those in French."""
        if french.casefold() in self.exact.get(english.casefold(), ()):
            return True
        label = _pattern(english)
        found = [
            french for pattern, one, french in self.varying if pattern.fullmatch(english) or label.fullmatch(one)
        ]
        if "…" in english:
            found += [other for one, others in self.exact.items() for other in others if label.fullmatch(one)]
        return any(_pattern(french).fullmatch(other) or _pattern(other).fullmatch(french) for other in found)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue(polib.pofile(str(settings.LOCALE_PATHS[0] / "fr" / "LC_MESSAGES" / "django.po")))


def test_each_has_a_page_in_each_language_and_no_page_is_left_over() -> None:
    for language in LANGUAGES:
        assert sorted(path.stem for path in (FOLDER / language).iterdir()) == sorted(SLUGS)
    assert max(Counter(SLUGS).values()) == 1
    assert {task.reader for task in TASKS} == set(Reader)


def test_the_languages_have_the_same_steps() -> None:
    def shape(found: tuple[Step, ...]) -> list[list[object]]:
        """Return of each step its parts: their types, and pictures themselves."""
        return [[part if isinstance(part, Picture) else type(part) for part in step.parts] for step in found]

    for slug in SLUGS:
        english, french = (steps(slug, language) for language in LANGUAGES)
        assert shape(english) == shape(french), slug
        assert all(step.labels for step in english), f"a step of {slug} names nothing and can't be walked"


def test_a_french_label_is_what_the_page_says_in_french(catalogue: Catalogue) -> None:
    for slug in SLUGS:
        labels = [[label for step in steps(slug, language) for label in step.labels] for language in LANGUAGES]
        for english, french in zip(*labels, strict=True):
            is_key_or_number = len(english) == 1 or not re.search(r"[a-z]", english)
            assert is_key_or_number or catalogue.says(english, french), (slug, english, french)


def test_control_another_translation_is_found(catalogue: Catalogue) -> None:
    assert not catalogue.says("Release agenda …", "Retirer la liste …")
    assert not catalogue.says("Move session", "Annuler le discours")


def test_each_picture_is_there_and_none_is_left_over() -> None:
    for language in LANGUAGES:
        parts = [part for slug in SLUGS for step in steps(slug, language) for part in step.parts]
        album = settings.BASE_DIR / "static" / "handbook" / language
        assert {path.stem for path in album.iterdir()} == {part.name for part in parts if isinstance(part, Picture)}


def test_help_leads_from_pages_that_there_are_each_to_one_task() -> None:
    names = [name for task in TASKS for name in task.about]
    assert max(Counter(names).values()) == 1
    assert set(names) <= {name for name, _pattern in existing()}


def test_the_list_names_each_task_under_its_role(client: Client) -> None:
    page = client.get("/handbook/").content.decode()
    assert all(f'href="/handbook/{slug}/"' in page for slug in SLUGS)
    assert page.index("Organiser</h2>") < page.index("set-up-a-summit") < page.index("Protocol</h2>")


def test_a_task_in_the_readers_language(client: Client) -> None:
    page = client.get("/handbook/release-the-agenda/?lang=fr").content.decode()
    assert "<h1>Diffuser le programme</h1>" in page
    picture = '/static/handbook/fr/release-the-agenda-1.webp" alt="L’aperçu d’une diffusion"'
    assert f'src="{picture} width="{PICTURE[0]}"' in page
    # In Arabic it is in English, and says so.
    answer = client.get("/handbook/release-the-agenda/?lang=ar")
    page = answer.content.decode()
    assert '<article class="prose handbook" lang="en" dir="ltr">' in page
    assert "notice" in page
    # It knows nobody and can be kept.
    assert answer["Cache-Control"] == "public, no-cache"
    assert "Cookie" not in answer.get("Vary", "")
    assert client.get("/handbook/nothing/").status_code == 404
