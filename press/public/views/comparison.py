"""The page that compares a text as delivered with the prepared text, if the press office allows it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from press.public.page_cache import press_page
from press.public.views.texts import gone_or_404
from press.published_texts.as_delivered import prepared_of
from press.published_texts.selectors import find_public_edition, read
from press.texts.addresses import address
from press.texts.selectors.word_differences import compare_words, differ
from summit.core.languages import direction
from summit.public_base.summits import get_summit


@press_page(kind="public comparison")
def comparison(request: HttpRequest, summit: str, slug: str) -> HttpResponse:
    """Show the differences between a text as delivered and the prepared text.

    Raises Http404 unless the press office allows the comparison and both texts are public. If the text was removed,
    the status is 410.
    """
    found = get_summit(summit)
    delivered = find_public_edition(found, slug, None)
    prepared = prepared_of(found, delivered) if delivered else None
    if delivered is None or prepared is None:
        return gone_or_404(request, found, slug, None)
    pairs = compare_words(prepared.body, delivered.body)
    context = {
        "summit": found,
        "reading": read(found, delivered),
        "edition": delivered,
        "version": delivered.version,
        "words_direction": direction(delivered.version.language),
        "prepared_path": address(found, prepared),
        "shown": pairs,
        "differ": differ(pairs),
    }
    return render(request, "press/comparison.html", context)
