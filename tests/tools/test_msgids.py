"""Finding what is marked for translation: every way in which this project may mark it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest

from tools.msgids import ROOT, Msgid, UnreadableError, extract, in_python, in_template

pytestmark = pytest.mark.once


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
