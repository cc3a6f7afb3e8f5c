"""A text: its page, and its other formats."""

from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils import translation
from django.utils.safestring import mark_safe

from delegations.domain import naming
from press.addresses import address
from press.domain.markdown import to_html
from press.formats import WRITERS
from press.models import Edition
from press.reading import find, read
from summit.http.public import public_page
from summit.languages import spoken
from summit.models import Summit
from summit.paper import words as paper
from summit.paper.fonts import MissingFontError
from summit.views import get_summit

if TYPE_CHECKING:
    from press.models.visibility import PublicEdition


@public_page
def text(request: HttpRequest, summit: str, slug: str, language: str | None = None) -> HttpResponse:
    """Show a text, in its authoritative language or another."""
    found = get_summit(summit)
    edition = _find(found, slug, language)
    if language and edition.version.authoritative:
        return HttpResponsePermanentRedirect(address(found, edition))
    reading = read(found, edition)
    context = {
        "summit": found,
        "reading": reading,
        "edition": edition,
        "text": edition.version.text,
        # Cleaned by nh3 in to_html.
        "body": mark_safe(to_html(edition.body)),  # noqa: S308
        "formats": [(ending.upper(), url) for ending, url in reading.formats()],
        **naming.on_page(found),
    }
    return render(request, "press/text.html", context)


@public_page
def export(request: HttpRequest, summit: str, slug: str, ending: str, language: str | None = None) -> HttpResponse:
    """Give a text in another format, named by the ending of its address. The words around it are in its language."""
    found = get_summit(summit)
    edition = _find(found, slug, language)
    if language and edition.version.authoritative:
        return HttpResponsePermanentRedirect(address(found, edition).rstrip("/") + f".{ending}")
    kind, write = WRITERS[ending]
    try:
        with translation.override(spoken(edition.version.language)):
            content = write(read(found, edition))
    except MissingFontError as problem:
        return _no_font(request, found, edition, problem)
    return HttpResponse(content, content_type=kind, headers={"Content-Language": edition.version.language})


def _no_font(request: HttpRequest, summit: Summit, edition: Edition, problem: MissingFontError) -> HttpResponse:
    """Say which font the machine lacks: better than a document of empty boxes. 503, since it can be put right."""
    told = {"missing": paper.missing(problem), "remedy": paper.remedy(problem), "page": address(summit, edition)}
    return render(request, "press/no_font.html", {"summit": summit, **told}, status=503)


def _find(summit: Summit, slug: str, language: str | None) -> "PublicEdition":
    edition = find(summit, slug, language)
    if edition is None:
        raise Http404
    return edition
