"""Texts to translate: each way of marking them is found; and how they are merged into a catalogue and compiled."""

import gettext
import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest

from tools import catalogues, release
from tools.catalogues import LANGUAGES, MARK, compiled, merge, path_of, read, text_of
from tools.msgids import ROOT, Msgid, UnreadableError, extract, in_python, in_template

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


def text(words: str, plural: str | None = None, context: str | None = None) -> Msgid:
    return Msgid(context, words, plural)


class TestPython:
    def test_every_function_by_the_name_it_has_there(self) -> None:
        source = """
from django.utils import translation
from django.utils.translation import gettext as _, gettext_lazy, ngettext, pgettext_lazy, npgettext
a = _("One" " and two")
b = gettext_lazy('Three')
c = ngettext("%(n)d letter", "%(n)d letters", n)
d = pgettext_lazy("month", "May")
e = npgettext("mail", "letter", "letters", 2)
f = translation.gettext(
    "Long "
    "words"
)
"""
        assert list(in_python(source)) == [
            text("One and two"),
            text("Three"),
            text("%(n)d letter", "%(n)d letters"),
            text("May", context="month"),
            text("letter", "letters", "mail"),
            text("Long words"),
        ]

    def test_a_name_that_means_something_else_is_none(self) -> None:
        assert list(in_python('_ = print\n_("words")\nother.gettext("words")')) == []

    @pytest.mark.parametrize("written", ["name", 'f"{name}"', '"a" + name', '"a".format(1)'])
    def test_what_nobody_can_extract_is_refused(self, written: str) -> None:
        with pytest.raises(UnreadableError, match=r"here\.py:2"):
            list(in_python(f"from django.utils.translation import gettext\ngettext({written})", "here.py"))


class TestTemplates:
    def test_every_tag(self) -> None:
        source = """
{# translate "no" #}{% comment %}{% translate "no" %}{% endcomment %}
{% translate "One" %}{% translate 'Say "two"' as two %}{% translate "50% off" %}{% translate "May" context "month" %}
{% blocktranslate trimmed with name=a.b %}
  Dear
  {{ name }}, it's time.
{% endblocktranslate %}
{% blocktranslate trimmed count n=rows|length %}{{ n }} row{% plural %}{{ n }} rows{% endblocktranslate %}
{% blocktranslate context "mail" %}Letter{% endblocktranslate %}
{% blocktranslate context "mail" count n=n %}{{ n }} letter{% plural %}{{ n }} letters{% endblocktranslate %}
{{ value|default:_("None yet") }}{{ _("Plain") }}{% include "a.html" with label=_("Label") %}
<p>gettext("no") and _(name)</p>
"""
        assert list(in_template(source)) == [
            text("One"),
            text('Say "two"'),
            text("50%% off"),
            text("May", context="month"),
            text("Dear %(name)s, it's time."),
            text("%(n)s row", "%(n)s rows"),
            text("Letter", context="mail"),
            text("%(n)s letter", "%(n)s letters", "mail"),
            text("None yet"),
            text("Plain"),
            text("Label"),
        ]

    def test_words_of_many_lines_stay_as_they_are(self) -> None:
        source = "{% blocktranslate %}One\n\n  {{ b }}\\n{% endblocktranslate %}"
        assert list(in_template(source)) == [text("One\n\n  %(b)s\\n")]


def test_a_text_is_found_once_and_keeps_its_plural(tmp_path: Path) -> None:
    (tmp_path / "press").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "press" / "a.py").write_text('from django.utils.translation import gettext as _\n_("letter")\n_("b")')
    (tmp_path / "templates" / "a.txt").write_text(
        "{% blocktranslate count n=n %}letter{% plural %}letters{% endblocktranslate %}"
    )
    assert extract(tmp_path) == [text("letter", "letters"), text("b")]


@pytest.mark.broad("starts gettext over a copy of the source; how each mark is found is tried above")
@pytest.mark.skipif(not shutil.which("xgettext"), reason="gettext is not installed")
def test_xgettext_finds_the_same(tmp_path: Path) -> None:
    for app in ("delegations", "portal", "press", "sessions", "summit", "templates"):
        shutil.copytree(ROOT / app, tmp_path / app, ignore=shutil.ignore_patterns("__pycache__", "migrations"))
    (tmp_path / "locale").mkdir()
    command = f"{sys.executable} -m django makemessages --locale fr --extension py,html,txt --no-location"
    bare = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    subprocess.run(command.split(), cwd=tmp_path, check=True, capture_output=True, env=bare)
    catalogue = polib.pofile(str(tmp_path / "locale" / "fr" / "LC_MESSAGES" / "django.po"))
    theirs = {Msgid(entry.msgctxt, entry.msgid, entry.msgid_plural or None) for entry in catalogue}
    assert theirs == set(extract(tmp_path))
    assert len(theirs) > 800
