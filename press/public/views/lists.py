"""The list of public texts, as a page and as feeds, all with the same filters."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation

from delegations.parties.selectors import party_names
from press.formats import atom as atom_feed
from press.formats import feeds, jsonfeed
from press.public.filters import FilterResult, changed_last, narrowed
from press.public.page_cache import press_page
from press.public.text_lists import lines, readings
from press.public.upcoming_sessions import sessions_next
from press.published_texts.selectors import by_change, readable, several
from press.search.params import DAYS, NAMES, SearchParams, parse_params
from press.search.tokens import unquoted
from sessions.public import on_now
from summit.public_base.summits import get_summit

PAGE = 20


# Pages of word searches aren't cached, because there would be too many. The searched documents are cached
# (press.search.documents).
@press_page(*NAMES, *DAYS, "page", kind="public summit", beside=on_now.passed, ahead="press:list")
def index(request: HttpRequest, summit: str) -> HttpResponse:
    """Show the public texts of a summit that match the filters in the URL, or all, newest first."""
    found = get_summit(summit)
    wanted = parse_params(request.GET)
    if "" in request.GET.values():
        # The browser sends the empty fields of the form as well. After a redirect without them, each combination of
        # filters has one URL.
        return HttpResponseRedirect(f"{request.path}{wanted.query(**_spoken())}")
    names = party_names.on_page(found)
    result = narrowed(found, wanted, names["names"])
    page = Paginator(result.keys, PAGE).get_page(request.GET.get("page"))
    home = not wanted and page.number == 1
    corrected = result.corrected if home else ()
    readings_by_key = readings(found, [*page, *corrected], words=bool(wanted.q))
    context = {
        "summit": found,
        "shown": result,
        "page": page,
        "lines": lines(readings_by_key, list(page), result.found),
        "corrected": lines(readings_by_key, corrected),
        "coming": sessions_next(found) if home else (),
        "interface": translation.get_language(),
        **_addresses(request, result, page),
        **names,
    }
    return render(request, "press/list.html", context)


def _addresses(request: HttpRequest, result: FilterResult, page: Page[Any]) -> dict[str, Any]:
    """Return the canonical URL of the list, and the query strings of its links, for the template's context."""
    number = {"page": str(page.number)} if page.number > 1 else {}
    return {
        "canonical": f"{settings.BASE_URL}{request.path}{result.asked.query(**number)}",
        "feed_query": result.asked.query(),
        "chips": [(chip, chip.left.query(**_spoken()) or ".") for chip in result.chips],
        # A search for the same words without quotation marks, so that they need not be next to each other.
        "apart": replace(result.asked, q=unquoted(result.asked.q)).query(**_spoken()),
        "whole": SearchParams().query(**_spoken()) or ".",
    }


def _spoken() -> dict[str, str]:
    """Return the parameter `lang` for links in the page's language, or an empty dict for the default language."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    return {} if language == settings.LANGUAGE_CODE else {"lang": language}


@press_page("page", *NAMES, *DAYS, kind="public summit")
def atom(request: HttpRequest, summit: str) -> HttpResponse:
    """Return a page of the Atom feed of the public texts that match the filters, the last changed first."""
    return _answer(_feed(request, summit), "press:atom", atom_feed.write, atom_feed.MEDIA_TYPE)


@press_page("page", *NAMES, *DAYS, kind="public summit")
def json_feed(request: HttpRequest, summit: str) -> HttpResponse:
    """Return a page of the JSON Feed of the public texts that match the filters, the last changed first."""
    return _answer(_feed(request, summit), "press:json-feed", jsonfeed.write, jsonfeed.MEDIA_TYPE)


def _answer(feed: feeds.Feed, name: str, write: Callable[[feeds.Feed], bytes], kind: str) -> HttpResponse:
    """Return the response with a feed. If the feed has a hub, a Link header has both URLs (W3C WebSub, 4)."""
    response = HttpResponse(write(feed), content_type=kind)
    if feed.hub:
        response["Link"] = f'<{feed.hub}>; rel="hub", <{feed.address(name)}>; rel="self"'
    return response


def _feed(request: HttpRequest, slug: str) -> feeds.Feed:
    """Return the requested page of a feed. Raises Http404 if there is no such page."""
    summit, wanted = get_summit(slug), parse_params(request.GET)
    asked = request.GET.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 7 else 0
    before = (number - 1) * feeds.LENGTH
    # One more than the page has says whether there is another.
    keys = changed_last(summit, wanted, before + feeds.LENGTH + 1)[before:] if number else []
    if not keys and number != 1:
        raise Http404
    editions = list(by_change(readable(summit).filter(pk__in=keys[: feeds.LENGTH])))
    tombstones = feeds.buried(summit) if number == 1 else ()
    more = len(keys) > feeds.LENGTH
    return feeds.Feed(summit, several(summit, editions), wanted.query()[1:], tombstones, number, more)
