"""Lists of what has been published: as a page and as feeds."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from delegations.domain import naming
from press.formats import atom as atom_feed
from press.formats import feeds, jsonfeed
from press.models import TextKind
from press.reading import brief, by_change, listed, several
from summit.http.public import public_page
from summit.models import Summit
from summit.views import get_summit

PAGE = 20


@public_page
def index(request: HttpRequest, summit: str) -> HttpResponse:
    """List what has been published, newest first, of one kind where `?kind=` names it."""
    found = get_summit(summit)
    rows = listed(found)
    kind = request.GET.get("kind", "")
    if kind in TextKind.values:
        rows = rows.filter(version__text__kind=kind)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "summit": found,
        "page": page,
        "readings": [brief(found, edition) for edition in page],
        "kinds": TextKind.choices,
        "kind": kind if kind in TextKind.values else "",
        "interface": translation.get_language(),
        **naming.on_page(found),
    }
    return render(request, "press/list.html", context)


@public_page
def atom(request: HttpRequest, summit: str) -> HttpResponse:
    """Give the Atom feed."""
    return HttpResponse(atom_feed.write(_feed(get_summit(summit))), content_type=atom_feed.MEDIA_TYPE)


@public_page
def json_feed(request: HttpRequest, summit: str) -> HttpResponse:
    """Give the JSON Feed."""
    return HttpResponse(jsonfeed.write(_feed(get_summit(summit))), content_type=jsonfeed.MEDIA_TYPE)


def _feed(summit: Summit) -> feeds.Feed:
    rows = list(by_change(listed(summit))[: feeds.LENGTH])
    return feeds.Feed(summit, several(summit, rows))
