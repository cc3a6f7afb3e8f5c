"""The palette: any page and any row of the desk by a few letters of its name, with the next steps for it."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.contrib.admin.sites import site
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import translation

from summit.admin_base import search
from summit.admin_base.pages import desk_page
from summit.admin_base.visible_menu_entries import entries_of
from summit.audit.models import AuditEntry
from summit.audit.rendering import NamedObject, render
from summit.backoffice.search_page import search_page
from summit.core.text_normalisation import fold
from summit.summits.models import Summit
from summit.users.models import User

# How many pages and recent rows are offered, and among how many entries of the audit recent rows are looked for.
MOST_PAGES, MOST_RECENT, LOOKED_AT = 5, 8, 60


@dataclass(frozen=True)
class PageHit:
    """A page of the desk: its label, its URL, and its folded names in all languages of the interface."""

    label: str
    url: str
    names: frozenset[str]


@desk_page("palette/", "palette")
def palette(request: HttpRequest) -> HttpResponse:
    """Show what `?q=` finds in the chosen summit, as a part of a page: pages by their names, then rows.

    Without words, show the rows that the user saw or changed last. Whoever opens the URL as a page gets the page of
    the search.
    """
    if not request.headers.get("HX-Request"):
        return search_page(request)
    context = site.each_context(request)
    summit = context["desk_summit"]
    wanted = request.GET.get("q", "").replace("\0", "").strip()[: search.LONGEST]
    terms = search.split_terms(wanted)
    context |= {
        "wanted": wanted,
        "pages": list(_found_pages(request, summit, terms))[:MOST_PAGES] if terms else [],
        "found": search.find(request, wanted, summit, with_steps=True) if terms else [],
        "recent": [] if terms else _recent(request),
    }
    return TemplateResponse(request, "admin/backoffice/palette_results.html", context)


def _found_pages(request: HttpRequest, summit: Summit | None, terms: list[str]) -> Iterator[PageHit]:
    """Yield the pages with all terms in one of their names. Those that begin with them come first."""
    phrase = " ".join(terms)
    pages = [page for page in _pages(request, summit) if any(_has(name, terms) for name in page.names)]
    yield from sorted(pages, key=lambda page: not any(name.startswith(phrase) for name in page.names))


def _has(name: str, terms: list[str]) -> bool:
    return all(term in name for term in terms)


def _pages(request: HttpRequest, summit: Summit | None) -> Iterator[PageHit]:
    for entry in entries_of(request, site.get_app_list(request), summit):
        yield PageHit(entry.name, entry.url + entry.scope, _names(entry.label))


def _names(label: object) -> frozenset[str]:
    """Return a lazy label in all languages of the interface, folded."""
    found = set()
    for language in settings.INTERFACE_LANGUAGES:
        with translation.override(language):
            found.add(fold(str(label)))
    return frozenset(found)


def _recent(request: HttpRequest) -> list[NamedObject]:
    """Return the rows that the user saw or changed last, the latest first. The number of queries is constant."""
    assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
    entries = AuditEntry.objects.filter(by=request.user).select_related("by", "summit").order_by("-pk")[:LOOKED_AT]
    newest = {(entry.object_type, entry.object_key): entry for entry in reversed(entries)}
    in_order = sorted(newest.values(), key=lambda entry: -entry.pk)
    rows = [line.row for line in render(in_order, request.user) if line.row.url and line.row.name]
    return list(dict.fromkeys(rows))[:MOST_RECENT]
