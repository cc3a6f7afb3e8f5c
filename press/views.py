"""The press site: the same bytes for everybody, and one way to find a text: through the predicate."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils import translation
from django.utils.safestring import mark_safe
from django.views.decorators.csrf import csrf_exempt

from delegations.domain import naming
from press.domain import subscribers
from press.domain.markdown import to_html
from press.formats import WRITERS, feeds
from press.models import Edition, TextKind
from press.reading import address, brief, find, listed, read
from summit.http.public import blind, public_page
from summit.languages import spoken
from summit.models import Summit
from summit.models.validators import validate_mailbox
from summit.paper import words as paper
from summit.paper.fonts import MissingFontError
from summit.views import get_summit

if TYPE_CHECKING:
    from press.models.visibility import PublicEdition

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
    found = get_summit(summit)
    content = feeds.atom(found, _newest(found))
    return HttpResponse(content, content_type="application/atom+xml; charset=utf-8")


@public_page
def json_feed(request: HttpRequest, summit: str) -> HttpResponse:
    """Give the JSON Feed."""
    found = get_summit(summit)
    return HttpResponse(feeds.json_feed(found, _newest(found)), content_type="application/feed+json; charset=utf-8")


def _newest(summit: Summit) -> list[Any]:
    rows = list(listed(summit)[: feeds.LENGTH])
    books = naming.Books(summit, [edition.version.language for edition in rows])
    return [brief(summit, edition, books) for edition in rows]


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


@csrf_exempt
def subscribe(request: HttpRequest, summit: str) -> HttpResponse:
    """Take an address for news of what is published. The answer is the same whether it was known or not."""
    blind(request)
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "POST"})
    found = get_summit(summit)
    asked = request.POST.get("address", "").strip().lower()
    language = request.POST.get("language", "")
    try:
        validate_mailbox(asked)
    except ValidationError:
        context = {"summit": found, "step": "unreadable", "asked": asked[:254], "interface": language}
        return _no_store(render(request, "press/subscription.html", context, status=400))
    known = language if language in dict(settings.LANGUAGES) else found.language
    subscribers.ask(summit=found, address=asked, language=known)
    return _no_store(render(request, "press/subscription.html", {"summit": found, "step": "asked"}))


@csrf_exempt
def subscription(request: HttpRequest, summit: str, token: str) -> HttpResponse:
    """Show the button that confirms or ends a subscription, and do it when it is pressed (RFC 8058: or posted to)."""
    blind(request)
    found = get_summit(summit)
    claim = subscribers.resolve(summit=found, token=token)
    if claim is None:
        raise Http404
    if request.method == "POST":
        done = subscribers.confirm(claim) if claim.purpose == subscribers.CONFIRM else subscribers.end(claim)
        step = {True: f"{claim.purpose}ed", False: "late"}[done]
    elif request.method in ("GET", "HEAD"):
        step = claim.purpose
    else:
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD, POST"})
    context = {"summit": found, "step": step, "token": token, "subscriber": claim.subscriber}
    return _no_store(render(request, "press/subscription.html", context))


def _no_store(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response
