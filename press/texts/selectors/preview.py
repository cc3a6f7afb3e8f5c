"""Preview of a text that isn't saved yet."""

import nh3
from django.utils.safestring import SafeString, mark_safe

from press.texts.markdown_to_html import SCHEMES, TAGS, to_html
from press.texts.selectors.edition_validation import LONGEST
from press.texts.selectors.word_counts import Length, measure


def preview(body: str) -> tuple[SafeString, Length]:
    """Return the HTML that readers will see, without anchors, and the length of the text.

    A body that is longer than can be published is cut.
    """
    shortened = body[:LONGEST]
    # Anchors are removed: the page shows the saved edition as well, and an id must be unique on a page.
    bare = nh3.clean(to_html(shortened), tags=TAGS, attributes={"a": {"href"}, "ol": {"start"}}, url_schemes=SCHEMES)
    return mark_safe(bare), measure(shortened)  # noqa: S308 - cleaned by nh3
