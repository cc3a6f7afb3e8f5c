"""Rendering a party's name with its flag and the mark of its footnote.

Templates use it through `delegations.templatetags.parties`.
"""

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from delegations.parties.flags import flag_url
from delegations.parties.selectors.footnotes import Footnotes
from delegations.parties.selectors.party_names import NamedParty
from summit.templatetags.text_direction import own


def marked_party(named: NamedParty, mark: str) -> SafeString:
    """Return a party's flag, its name and the footnote mark `mark` as HTML.

    The flag has no alternative text, because the name is beside it. No template is used, because a page may have a
    thousand parties.
    """
    flag: SafeString | str = ""
    if named.flag:
        flag = format_html(
            '<img class="flag" src="{}" alt="" width="20" height="15" loading="lazy">', flag_url(named.flag)
        )
    return format_html(
        '<span class="party-name">{}{}{}</span>', flag, own(named.name, named.language), footnote_mark(mark)
    )


def line(named: NamedParty, notes: Footnotes | None = None) -> SafeString:
    """Return a party's flag and name as HTML, with the mark of its footnote in `notes`."""
    # Templates of pages without footnotes pass an empty value.
    return marked_party(named, notes.mark(named) if isinstance(notes, Footnotes) else "")


def footnote_mark(mark: str) -> SafeString | str:
    """Return the mark of a footnote as HTML, or "" for none."""
    return render_to_string("components/footnote_mark.html", {"mark": mark}) if mark else ""
