"""A language in which every translated text stands in brackets, and the search for what stands outside of them."""

import functools
import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.local import Local
from django.utils.translation import trans_real
from django.utils.translation.trans_real import CONTEXT_SEPARATOR
from drf_spectacular import plumbing
from lxml import html

OPEN, CLOSE = "⟦", "⟧"
# Not read by anybody, or the same in every language.
SILENT = {"script", "style", "code", "pre", "kbd", "samp", "template"}
ATTRIBUTES = ("title", "alt", "aria-label", "aria-description", "placeholder", "data-label", "data-past", "label")
BUTTONS = {"submit", "button", "reset"}
# Where a text that was cut off can at most have left a bracket open.
BLOCKS = {*("p", "li", "td", "th", "dt", "dd", "div", "h1", "h2", "h3", "h4", "nav", "section", "form", "title")}
BLOCKS |= {"option", "label", "legend", "caption", "button", "a", "summary", "tr", "table", "ul", "ol", "header"}
ADDRESSES = re.compile(r"\S+@\S+|https?://\S+|(?<!\w)/[\w/.?=&-]+")
WORD = re.compile(r"[A-Za-z]{2,}")


class Pseudo:
    """Translates everything into itself, in brackets; whatever the language, so that its direction can be chosen."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._catalog: dict[str, str] = {}
        # A library of country names looks at it.
        self._fallback = None

    def to_language(self) -> str:
        return self._language

    language = to_language

    def gettext(self, text: str) -> str:
        said = text.rpartition(CONTEXT_SEPARATOR)[2]
        return f"{OPEN}{said}{CLOSE}" if said else ""

    def pgettext(self, context: str, text: str) -> str:
        return self.gettext(text)

    def ngettext(self, one: str, many: str, number: int) -> str:
        return self.gettext(one if number == 1 else many)

    def npgettext(self, context: str, one: str, many: str, number: int) -> str:
        return self.ngettext(one, many, number)


def install(request: pytest.FixtureRequest) -> None:
    """Let every language be this one for a test, the framework's and the libraries' words included."""
    monkeypatch = request.getfixturevalue("monkeypatch")
    # What functions remember may have words in it: neither those from before, nor these in the next test.
    forget()
    request.addfinalizer(forget)
    monkeypatch.setattr(trans_real, "translation", Pseudo)
    monkeypatch.setattr(trans_real, "_default", None)
    # Which language is active is kept as its translation: what the next test finds must not be in brackets.
    monkeypatch.setattr(trans_real, "_active", Local())
    # The API's description keeps its names of choices by language: those in brackets must not stay behind.
    monkeypatch.setattr(plumbing, "_load_enum_name_overrides", plumbing._load_enum_name_overrides.__wrapped__)


def forget() -> None:
    """Let every function of the project forget what it remembers."""
    apps = ("summit.", "delegations.", "sessions.", "press.", "portal.")
    for module in [module for name, module in sys.modules.items() if name.startswith(apps)]:
        for remembered in vars(module).values():
            if isinstance(remembered, functools._lru_cache_wrapper):
                remembered.cache_clear()


class _Reader:
    """Reads a text bit by bit and keeps the words that stand in no bracket."""

    def __init__(self, words: re.Pattern[str] = WORD) -> None:
        self.words = words
        self.depth = 0
        self.found: list[str] = []

    def read(self, text: str | None) -> None:
        outside = []
        for part in re.split(f"([{OPEN}{CLOSE}])", text or ""):
            if part == OPEN:
                self.depth += 1
            elif part == CLOSE:
                self.depth = max(0, self.depth - 1)
            elif not self.depth:
                outside.append(part)
        for part in outside:
            if self.words.search(ADDRESSES.sub("", part)):
                self.found.append(" ".join(part.split()))


def bare_words(text: str) -> list[str]:
    reader = _Reader()
    reader.read(text)
    return reader.found


def _is_content(element: Any) -> bool:
    """Whether an element says itself in which language it is, or that it is in none."""
    return element.tag != "html" and ("lang" in element.attrib or element.get("translate") == "no")


def _attributes(element: Any) -> Iterator[str]:
    for name in ATTRIBUTES:
        yield from bare_words(element.get(name) or "")
    if element.tag == "input" and element.get("type") in BUTTONS:
        yield from bare_words(element.get("value") or "")


def _walk(element: Any, reader: _Reader) -> None:
    if not isinstance(element.tag, str) or element.tag in SILENT or _is_content(element):
        return
    if element.tag in BLOCKS:
        reader.depth = 0
    reader.found += _attributes(element)
    reader.read(element.text)
    for child in element:
        _walk(child, reader)
        reader.read(child.tail)
    if element.tag in BLOCKS:
        reader.depth = 0


def untranslated(page: str) -> list[str]:
    """Return what a page says in Latin letters without having translated it."""
    reader = _Reader()
    _walk(html.document_fromstring(page), reader)
    return reader.found


GREEK = re.compile(r"[Α-Ωα-ω]{2,}")
# Its words can't have a language of their own: no markup stands in it, or the browser alone shows them.
WITHOUT_MARKUP = {"title", "option"}


class _Marks:
    """Looks for names without a language or a direction of their own."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.reader = _Reader(GREEK)

    def walk(self, element: Any, language: bool, direction: bool) -> None:
        if not isinstance(element.tag, str) or element.tag in SILENT | WITHOUT_MARKUP:
            return
        if element.tag != "html":
            language |= "lang" in element.attrib
            direction |= "dir" in element.attrib or element.tag == "bdi"
        if element.tag in BLOCKS:
            self.reader.depth = 0
        if element.tag == "input" and element.get("type") in (None, "text", "search"):
            self.read(element, element.get("value"), direction)
        self.read(element, element.text, direction if element.tag == "textarea" else language and direction)
        for child in element:
            self.walk(child, language, direction)
            self.read(element, child.tail, language and direction)
        if element.tag in BLOCKS:
            self.reader.depth = 0

    def read(self, element: Any, text: str | None, marked: bool) -> None:
        before = len(self.reader.found)
        self.reader.read(text)
        if not marked:
            self.found += [f"<{element.tag}> {name}" for name in self.reader.found[before:]]


def unmarked(page: str) -> list[str]:
    """Return the names of a page that don't say in which language and direction they are.

    Only those that stand by themselves: what a translated sentence names is set apart by the sentence's own marks.
    What one types has a direction; its language is the writer's to know.
    """
    marks = _Marks()
    marks.walk(html.document_fromstring(page), False, False)
    return marks.found
