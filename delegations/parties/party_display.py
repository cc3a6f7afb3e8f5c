"""A party's line on a page: its flag, its name, the mark of its footnote. Templates have it by
`delegations.templatetags.parties`."""

from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from delegations.parties.selectors.footnotes import Footnotes
from delegations.parties.selectors.party_names import NEUTRAL, Named
from summit.templatetags.content import own


def flag_url(flag: str) -> str:
    """Return the address of a flag's picture: an ISO code's or "neutral"'s."""
    return static("flags/neutral.svg" if flag == NEUTRAL else f"flags/{flag.lower()}.gif")


def marked_party(named: Named, mark: str) -> SafeString:
    """Render a party's line: its flag, which is decoration beside the name, the name, the mark of its footnote. Made
    here and by no template: a page may have a thousand."""
    flag: SafeString | str = ""
    if named.flag:
        flag = format_html('<img class="flag" src="{}" alt="" width="16" height="11">', flag_url(named.flag))
    return format_html(
        '<span class="party-name">{}{}{}</span>', flag, own(named.name, named.language), footnote_mark(mark)
    )


def line(named: Named, notes: Footnotes | None = None) -> SafeString:
    """Return a party's line, with the mark of its footnote among those of its page."""
    # A page without footnotes of its own gives none.
    return marked_party(named, notes.mark(named) if isinstance(notes, Footnotes) else "")


def footnote_mark(mark: str) -> SafeString | str:
    """Return the mark of a footnote as HTML, "" for none."""
    return render_to_string("components/mark.html", {"mark": mark}) if mark else ""
