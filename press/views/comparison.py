"""What was said otherwise than prepared, where the office lets readers see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from press.addresses import address
from press.domain.differences import compare_words, differ
from press.kept import press_page
from press.models import Wording
from press.models.visibility import public_editions
from press.reading import find, read
from press.views.texts import gone
from summit.languages import direction
from summit.models import Summit
from summit.views import get_summit

if TYPE_CHECKING:
    from press.models.visibility import PublicEdition


@press_page()
def comparison(request: HttpRequest, summit: str, slug: str) -> HttpResponse:
    """Show a text as delivered beside the prepared one, while everybody may read both."""
    found = get_summit(summit)
    delivered = find(found, slug, None)
    prepared = prepared_of(found, delivered) if delivered else None
    if delivered is None or prepared is None:
        return gone(request, found, slug, None)
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


def prepared_of(summit: Summit, delivered: PublicEdition) -> PublicEdition | None:
    """Return the public edition of the prepared text in the language of a public one as delivered; None unless the
    office lets readers compare the two, or where either was withdrawn. One query at most."""
    text = delivered.version.text
    if text.wording != Wording.DELIVERED or not text.comparison_public or text.withdrawn_at is not None:
        return None
    rows = public_editions().filter(
        version__text=text.prepared_id or 0,
        version__text__summit=summit,
        version__text__withdrawn_at__isnull=True,
        version__language=delivered.version.language,
    )
    related = ("version__text__slot__speaker", "version__text__slot__party", "version__text__lift")
    return rows.select_related(*related).first()
