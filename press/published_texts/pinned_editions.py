"""Published editions at permanent URLs, so that a quotation links to exactly the words that it quotes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from press.texts.markdown_to_html import paragraphs
from press.texts.models.attachments import Attachment
from press.texts.models.editions import Edition, EditionAttachment
from press.texts.models.visibility import published_editions, removed_editions
from press.texts.selectors import paragraph_anchors
from press.texts.selectors.rendered_editions import html_of
from summit.summits.models import Summit

if TYPE_CHECKING:
    from press.texts.models.visibility import PublishedEdition

# nh3 always writes attributes in this form, and escapes words that look like it.
_PARAGRAPH = re.compile(r'(<(?:p|li) id="(p-\d+)">)')


def find_edition(summit: Summit, slug: str, language: str | None, number: int) -> PublishedEdition | None:
    """Return a text's published edition with a number, in a language or (if None) the authoritative one.

    Returns None if there is no such published edition, or if the text is removed. Makes one query.
    """
    condition = Q(version__language=language) if language else Q(version__authoritative=True)
    rows = published_editions().filter(
        condition, version__text__summit=summit, version__text__slug=slug, number=number
    )
    return rows.select_related(
        "version__text__embargo",
        "version__text__slot__speaker",
        "version__text__slot__party",
        "version__text__summit",
    ).first()


def find_file(summit: Summit, slug: str, public_id: str, name: str) -> Attachment | None:
    """Return a file that is attached to a published edition of a text, or None. Makes one query."""
    published = published_editions().filter(version__text__summit=summit, version__text__slug=slug)
    attached = EditionAttachment.objects.filter(edition__in=published.values("pk"), attachment=OuterRef("pk"))
    return Attachment.objects.filter(Exists(attached), public_id=public_id, file_name=name).first()


def find_removed_edition(summit: Summit, slug: str, language: str | None) -> Edition | None:
    """Return an edition of a removed text that was published before the removal, or None. Makes one query."""
    condition = Q(version__language=language) if language else Q(version__authoritative=True)
    rows = removed_editions().filter(condition, version__text__summit=summit, version__text__slug=slug)
    return rows.select_related("version__text").first()


def since(old: Edition, new: Edition) -> dict[str, str]:
    """Return a dict from the anchors of paragraphs of an old edition to "changed" or "gone".

    It compares them with a newer edition. Unchanged paragraphs are left out.
    """
    before, after = _by_anchor(old), _by_anchor(new)
    return {
        anchor: "changed" if anchor in after else "gone"
        for anchor, paragraph in before.items()
        if after.get(anchor) != paragraph
    }


def _by_anchor(edition: Edition) -> dict[str, str]:
    anchors = edition.anchors or paragraph_anchors.counted(edition.body)
    return dict(zip(anchors, paragraphs(edition.body), strict=False))


def with_links(edition: Edition, path: str, marks: dict[str, str] | None = None) -> SafeString:
    """Return an edition's HTML. Each paragraph begins with a link to itself: `path` with the paragraph's anchor.

    `marks` is a dict from anchors to "changed" or "gone". Its paragraphs get a visible note.
    """
    labels = {"changed": _("changed since"), "gone": _("since removed")}
    link_label = escape(_("Link to this paragraph"))

    def link(match: re.Match[str]) -> str:
        opening, anchor = match.groups()
        became = (marks or {}).get(anchor, "")
        mark = format_html('<mark class="since">{}</mark> ', labels[became]) if became else ""
        return f'{opening}<a class="pin" href="{escape(path)}#{anchor}" aria-label="{link_label}">¶</a>{mark}'

    # nh3 has cleaned the HTML, and the inserted parts are escaped.
    return mark_safe(_PARAGRAPH.sub(link, html_of(edition)))  # noqa: S308
