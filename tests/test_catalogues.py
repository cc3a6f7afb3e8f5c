"""The catalogues: exactly the source's texts, compiled as they stand, complete, and whole in each translation."""

import re

import polib
import pytest

from tools.catalogues import LANGUAGES, compiled, merge, path_of, read, spaced, text_of
from tools.msgids import extract

pytestmark = pytest.mark.once

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|(?<!%)%[sd]|\{\w+\}")
ARABIC = re.compile(r"[\u0621-\u064a]")
LATIN = re.compile(r"[A-Za-z]{2,}")
PLURALS = {
    "fr": "nplurals=2; plural=(n > 1);",
    "ar": "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : "
    "n%100>=11 && n%100<=99 ? 4 : 5;",
}
# The forms that stand for several numbers. In French the first stands for none and for one.
MANY = {"fr": {1}, "ar": {3, 4, 5}}
# Of these two a form names the one that goes with its number.
ONE_OF_TWO = {"%(one)s", "%(many)s"}
# The same word in French, and formats.
SAME = {
    "fr": {
        *(
            "Kosovo",
            "invitation",
            "invitations",
            "Invitation",
            "Invitations",
            "Europe",
            "communiqué",
            "correction",
            "Participants",
            "participants",
        ),
        *("minutes", "Code", "date", "programme", "version", "message", "messages", "Menu", "Type", "Source", "Page"),
        *("Formats", "Summit", "l j F Y", "j F Y", "%(time)s UTC", "%(number)d minute", "%(n)d minute"),
        "%(minutes)s minute",
        *("%(number)s %(one)s", "Sessions", "sessions", "session", "Session", "Notes"),
        *("note verbale", "laissez-passer", "badge", "badges", "Badges", "mission", "format"),
        *("zone", "zones", "Zones", "quota", "quotas", "signature", "type", "places", "Places"),
        *("document", "documents", "Documents", "%(number)s document"),
        *("webhook", "webhooks", "Webhooks", "secret", "%(n)s ms"),
        # Languages.
        *("Dari", "Filipino", "Lao", "Somali", "Yoruba"),
    },
    "ar": {"%(name)s: %(about)s", "Summit", "l j F Y", "j F Y", "%(what)s:", "%(label)s: %(error)s"},
}
# What has no word in it, and the system's name.
NO_WORDS = {
    "j M Y",
    "j M",
    "D j M",
    "D j M Y",
    "j F Y",
    "l j F Y",
    "%(name)s: %(about)s",
    "%(day)s, %(time)s",
    "%(what)s:",
    "Summit",
}
NO_WORDS |= {"%(number)s %(one)s", "%(label)s: %(error)s", "“%(title)s”"}
# Names, examples of addresses, and words of protocols, which are written so in Arabic too.
WRITTEN_SO = {
    "CSV",
    "UTF",
    "XLSX",
    *("DIGEST", "LENGTH", "GET", "HEAD", "ISO", "PDF", "Markdown", "Summit", "Europe", "London", "UTC"),
}
WRITTEN_SO |= {*("border", "security", "opening", "address", "expect", "office", "mission", "example", "VALARM")}
WRITTEN_SO |= {"multipart", "form", "data"}
WRITTEN_SO |= {"JPEG", "PNG", "WebP", "Word", "Excel", "PowerPoint", "OpenDocument", "DOCX", "RTF", "HTML", "iso"}
WRITTEN_SO |= {"JSON", "XML", "json", "xml", "schedule", "frab", "pretalx", "guid", "id"}
WRITTEN_SO |= {"HTTP", "HTTPS", "Standard", "Webhooks", "webhook", "timestamp", "signature"}
# What HTTP calls its headers and the API its fields: programs write them so in every language.
WRITTEN_SO |= {"Allow", "Authorization", "Bearer", "CSRF", "CSRFToken", "ETag", "Idempotency", "Key", "If", "Match"}
WRITTEN_SO |= {"Retry", "After", "ASCII", "application", "errors", "rows", "API", "true", "false"}
WRITTEN_SO |= {"next", "previous"}
MAKE = "run `make messages`, and translate what is new"


def entries(language: str) -> list[polib.POEntry]:
    return list(read(language))


def said(entry: polib.POEntry) -> list[str]:
    """Return all translations of a text."""
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


@pytest.mark.parametrize("language", LANGUAGES)
class TestEach:
    def test_has_exactly_the_texts_of_the_source(self, language: str) -> None:
        stands = path_of(language).read_text(encoding="utf-8")
        assert text_of(merge(read(language), extract())) == stands, MAKE

    def test_is_compiled_as_it_stands(self, language: str) -> None:
        assert path_of(language).with_suffix(".mo").read_bytes() == compiled(read(language)), MAKE

    def test_nothing_is_left_or_guessed(self, language: str) -> None:
        assert [entry.msgid for entry in entries(language) if entry.fuzzy or entry.obsolete] == []
        assert [entry.msgid for entry in entries(language) if not all(text.strip() for text in said(entry))] == [], (
            MAKE
        )

    def test_placeholders_are_those_of_the_source(self, language: str) -> None:
        wrong = []
        for entry in entries(language):
            known = set(PLACEHOLDER.findall(entry.msgid + entry.msgid_plural))
            for form, text in enumerate(said(entry)):
                found = set(PLACEHOLDER.findall(text))
                # A form that stands for one number alone may say it as a word; the others say every number.
                needed = set(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
                if found - known or (
                    needed - found - ONE_OF_TWO and (not entry.msgid_plural or form in MANY[language])
                ):
                    wrong.append((entry.msgid, text))
        assert wrong == []

    def test_plural_forms_are_those_of_the_language(self, language: str) -> None:
        catalogue = read(language)
        assert catalogue.metadata["Plural-Forms"] == PLURALS[language]
        forms = int(PLURALS[language][9])
        assert [entry.msgid for entry in catalogue if entry.msgid_plural and len(entry.msgstr_plural) != forms] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_is_not_its_source(language: str) -> None:
    same = {entry.msgid for entry in entries(language) if entry.msgid in said(entry)}
    assert same <= SAME[language]


def words_of(text: str) -> str:
    """Return a translation without what is no word of it: placeholders, tags, addresses."""
    return re.sub(r"%\(\w+\)[sd]|\{\w+\}|<[^>]*>|&\w+;|\S+@\S+|https?://\S+|fonts-\S+", "", text)


def test_no_line_is_broken_before_a_french_mark() -> None:
    broken = [text for entry in entries("fr") for text in said(entry) if spaced(text) != text]
    assert broken == []
    # The control: it finds what a hand types, and leaves what is no mark of a sentence.
    assert spaced("« Oui » : non ; qui ? 14:30") == "«\u00a0Oui\u00a0»\u00a0: non\u202f; qui\u202f? 14:30"


def test_arabic_is_in_arabic_letters() -> None:
    arabic = entries("ar")
    bare = [entry.msgid for entry in arabic if not all(ARABIC.search(words_of(text)) for text in said(entry))]
    assert set(bare) <= NO_WORDS
    latin = {word for entry in arabic for text in said(entry) for word in LATIN.findall(words_of(text))}
    formats = {entry.msgid for entry in arabic if entry.msgctxt and entry.msgctxt.startswith("date")}
    assert formats <= NO_WORDS
    assert latin - WRITTEN_SO == set()


def test_control_a_latin_word_in_arabic_is_found() -> None:
    assert LATIN.findall(words_of("أرسل mail إلى %(name)s <b>a@b.example</b>")) == ["mail"]
