"""The pages of a text, its files and its other formats."""

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils import translation
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString

from delegations.parties.selectors import party_names
from press.formats import WRITERS
from press.public.page_cache import press_page
from press.published_texts.pinned_editions import find_edition, find_file, find_removed_edition, since, with_links
from press.published_texts.related import files_of, related_content
from press.published_texts.related_speeches import around
from press.published_texts.selectors import Reading, find_public_edition, read
from press.texts.addresses import address, pinned
from press.texts.models.editions import Edition
from summit.core.languages import spoken
from summit.pdf import missing_fonts as paper
from summit.pdf.fonts import MissingFontError
from summit.public_base.summits import get_summit
from summit.quarantine.selectors import content_of
from summit.summits.models import Summit


@press_page(kind="public text")
def text(request: HttpRequest, summit: str, slug: str, language: str | None = None) -> HttpResponse:
    """Show the public edition of a text, in its authoritative language or in `language`."""
    found = get_summit(summit)
    edition = find_public_edition(found, slug, language)
    if edition is None:
        return gone_or_404(request, found, slug, language)
    if language and edition.version.authoritative:
        return HttpResponsePermanentRedirect(address(found, edition))
    reading = read(found, edition)
    body = with_links(edition, pinned(found, edition.version, edition.number))
    return render(request, "press/text.html", _context(found, reading, body))


def _context(summit: Summit, reading: Reading, body: SafeString) -> dict[str, Any]:
    edition = reading.edition
    return {
        "summit": summit,
        "reading": reading,
        "edition": edition,
        "text": edition.version.text,
        "body": body,
        "beside": related_content(summit, edition),
        "around": around(summit, reading),
        "formats": [(ending.upper(), url) for ending, url in reading.formats()],
        **party_names.on_page(summit),
    }


@press_page(kind="public text")
def edition(request: HttpRequest, summit: str, slug: str, number: int, language: str | None = None) -> HttpResponse:
    """Show a published edition with a number, even if a newer edition has replaced it.

    Paragraphs that changed in the newest public edition are marked.
    """
    found = get_summit(summit)
    requested = find_edition(found, slug, language, number)
    if requested is None:
        return gone_or_404(request, found, slug, language)
    if language and requested.version.authoritative:
        return HttpResponsePermanentRedirect(pinned(found, requested.version, number))
    current = find_public_edition(found, slug, language)
    if current is None:
        raise Http404
    changes = since(requested, current)
    files = files_of(found, requested)
    body = with_links(requested, pinned(found, requested.version, number), changes)
    context = _context(found, read(found, current), body) | {
        "edition": requested,
        "files": files.ready,
        "pending": files.pending,
    }
    context |= {"newer": current if current.number != requested.number else None, "since": len(changes)}
    return render(request, "press/edition.html", context)


@press_page(kind="public file")
def file(request: HttpRequest, summit: str, slug: str, public_id: str, name: str) -> HttpResponse:
    """Return a file that is attached to a published edition.

    Raises Http404 for files of other editions, even if the URL is correct, and while the file is kept back. The
    status is 410 if the text was removed.
    """
    found = get_summit(summit)
    row = find_file(found, slug, public_id, name)
    if row is None:
        return gone_or_404(request, found, slug, None)
    content = content_of(row)
    if content is None:
        raise Http404
    return HttpResponse(
        content,
        content_type=row.content_type,
        headers={
            "Content-Disposition": content_disposition_header(True, row.file_name) or "attachment",
            "Content-Language": row.language,
        },
    )


def gone_or_404(request: HttpRequest, summit: Summit, slug: str, language: str | None) -> HttpResponse:
    """Return a page with status 410 and the reason if a published text was removed. Raises Http404 otherwise.

    Both cases make the same number of queries.
    """
    removed = find_removed_edition(summit, slug, language)
    if removed is None:
        raise Http404
    context = {"summit": summit, "text": removed.version.text}
    return render(request, "press/removed_text.html", context, status=410)


@press_page(kind="public text")
def export(request: HttpRequest, summit: str, slug: str, ending: str, language: str | None = None) -> HttpResponse:
    """Return a text in the format of the URL's suffix. Labels are in the language of the text, if it is supported.

    The status is 503 if a PDF needs a font that isn't installed.
    """
    found = get_summit(summit)
    edition = find_public_edition(found, slug, language)
    if edition is None:
        return gone_or_404(request, found, slug, language)
    if language and edition.version.authoritative:
        return HttpResponsePermanentRedirect(address(found, edition).rstrip("/") + f".{ending}")
    kind, write = WRITERS[ending]
    try:
        with translation.override(spoken(edition.version.language)):
            content = write(replace(read(found, edition), beside=related_content(found, edition)))
    except MissingFontError as problem:
        return _no_font(request, found, edition, problem)
    return HttpResponse(content, content_type=kind, headers={"Content-Language": edition.version.language})


def _no_font(request: HttpRequest, summit: Summit, edition: Edition, problem: MissingFontError) -> HttpResponse:
    """Return a page that says which font is missing. A document without the font would have empty boxes.

    The status is 503, since an administrator can install the font.
    """
    explanation = {
        "missing": paper.missing(problem),
        "remedy": paper.remedy(problem),
        "page": address(summit, edition),
    }
    return render(request, "press/missing_font.html", {"summit": summit, **explanation}, status=503)
