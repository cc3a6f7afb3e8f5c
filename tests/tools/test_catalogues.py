"""Merging texts into a catalogue, and compiling it."""

import gettext
import io
from pathlib import Path

import polib
import pytest

from tools import catalogues, release
from tools.catalogues import LANGUAGES, MARK, compiled, merge, path_of, read, text_of
from tools.msgids import Msgid

pytestmark = pytest.mark.once

START = r"""# Words.
msgid ""
msgstr ""
"Language: ar\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=3; plural=n==1 ? 0 : n==2 ? 1 : 2;\n"

msgid "two"
msgstr "deux"

# It is a verb.
msgid "gone"
msgstr "parti"

#, fuzzy
msgid "one"
msgstr "un"

#, python-format
msgid "%(n)d day"
msgid_plural "%(n)d days"
msgstr[0] "jour"
msgstr[1] "jours"
msgstr[2] "%(n)d jours"
"""


def catalogue(text: str = START) -> polib.POFile:
    return polib.pofile(text, wrapwidth=0)


def msgids(*texts: str) -> list[Msgid]:
    return [Msgid(None, text, None) for text in texts]


class TestMerge:
    def test_what_is_there_stays_where_it_is_and_what_is_new_stands_behind_what_precedes_it(self) -> None:
        merged = merge(catalogue(), msgids("zero", "one", "one and a half", "two"))
        assert [entry.msgid for entry in merged] == ["zero", "two", "one", "one and a half"]
        assert [entry.msgstr for entry in merged] == ["", "deux", "un", ""]
        assert [entry.fuzzy for entry in merged] == [False, False, True, False]

    def test_nothing_is_guessed_and_what_is_gone_is_gone(self) -> None:
        merged = merge(catalogue(), msgids("gone."))
        assert [(entry.msgid, entry.msgstr) for entry in merged] == [("gone.", "")]
        assert "parti" not in text_of(merged)

    def test_each_plural_has_as_many_forms_as_the_language(self) -> None:
        texts = [("two", "twos"), ("%(n)d day", "%(n)d days"), ("{n} hour", "{n} hours")]
        merged = merge(catalogue(), [Msgid(None, one, many) for one, many in texts])
        # A text that got a plural begins anew.
        none = {0: "", 1: "", 2: ""}
        assert [entry.msgstr_plural for entry in merged] == [none, {0: "jour", 1: "jours", 2: "%(n)d jours"}, none]
        assert [entry.flags for entry in merged] == [[], ["python-format"], ["python-brace-format"]]

    def test_merged_again_it_is_the_same_byte_for_byte(self) -> None:
        given = msgids("zero", "one", "gone", "two", "say \"x\"\nand 'y'\t\\", "x" * 300)
        once = text_of(merge(catalogue(), given))
        assert text_of(merge(catalogue(once), given)) == once
        assert max(map(len, once.splitlines())) > 300
        assert once.startswith("# Words.\n")
        assert "# It is a verb.\n" in once

    def test_what_is_not_translated_is_marked_until_it_is(self) -> None:
        merged = merge(catalogue(), msgids("zero", "one", "two", "gone"))
        comments = {"zero": MARK, "one": MARK, "two": "", "gone": "It is a verb."}
        assert {entry.msgid: entry.tcomment for entry in merged} == comments
        merged[0].msgstr = "null"
        assert merge(merged, msgids("zero", "one"))[0].tcomment == ""


def test_the_check_lists_what_is_not_translated_and_a_release_refuses_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for language in LANGUAGES:
        path_of(language, tmp_path).parent.mkdir(parents=True)
        path_of(language, tmp_path).write_text(text_of(merge(catalogue(), msgids("two"))))
    assert release.untranslated(tmp_path) == []
    path_of("fr", tmp_path).write_text(text_of(merge(catalogue(), msgids("two", "zero", "zero and a half"))))
    assert release.untranslated(tmp_path) == ["locale/fr/LC_MESSAGES/django.po: 2 texts"]
    monkeypatch.setattr(catalogues, "read", lambda language: read(language, tmp_path))
    catalogues.check()
    assert capsys.readouterr().out.splitlines() == [
        "Warning: 2 texts of locale/fr are to be translated before a release:",
        "  zero",
        "  zero and a half",
    ]


def test_python_reads_what_is_compiled_in_whatever_order_and_what_is_not_translated_is_not_in_it() -> None:
    words = gettext.GNUTranslations(io.BytesIO(compiled(catalogue())))
    assert (words.gettext("two"), words.ngettext("%(n)d day", "%(n)d days", 2)) == ("deux", "jours")
    turned = polib.POFile(wrapwidth=0)
    turned.metadata = catalogue().metadata
    turned.extend(reversed(catalogue()))
    assert compiled(turned) == compiled(catalogue())
    assert b"zero" not in compiled(merge(catalogue(), msgids("zero", "two")))
