"""The predicate against every way out: each text in every state, with a canary of its own, found or not."""

import io
import itertools
import re
from collections.abc import Callable, Iterable

import pypdf
import pytest
from django.db.models import F, QuerySet
from django.test import Client

from press.published_texts import selectors as published_texts_selectors
from press.subscriptions.models import Announcement
from press.subscriptions.services import announcements
from press.texts.models.editions import Edition, EditionState
from press.texts.models.texts import Text
from summit.outbox.models import Message
from summit.summits.models import Summit
from tests.factories import SubscriberFactory, SummitFactory, UserFactory
from tests.module_fixtures import once_a_module
from tests.press.helpers import ago, make_text, url_of

pytestmark = pytest.mark.django_db

MOMENTS = {"none": None, "future": ago(-5), "past": ago(5)}
WITHDRAWN = {"no": None, "early": ago(6), "late": ago(1)}
CASES = list(itertools.product(EditionState.values, MOMENTS, (False, True), WITHDRAWN))
OUT = ("approved", "past", False)
# Those that are public, and those to which one condition is missing.
NEAR = [
    number
    for number, case in enumerate(CASES)
    if sum(one != other for one, other in zip(case[:3], OUT, strict=True)) + (case[3] == "early") < 2
]
# In each format one asks for what is public, and for what lacks a condition and wasn't withdrawn afterwards.
FORMATTED = [number for number in NEAR if CASES[number][3] != "late" or CASES[number][:3] == OUT]
CANARY = re.compile(r"canary-?\d{3}")


def canary(number: int) -> str:
    return f"canary{number:03d}"


def expected(*, announced: bool = False) -> set[str]:
    """What is public, said once more in plain words."""
    return {
        canary(number)
        for number, (state, moment, held, withdrawn) in enumerate(CASES)
        if state == "approved"
        and moment == "past"
        and not held
        and (withdrawn == "no" or (withdrawn == "late" and not announced))
    }


@once_a_module
def summit() -> Summit:
    """Return a summit with a text in each state, and a subscriber."""
    summit: Summit = SummitFactory()
    SubscriberFactory(summit=summit)
    people = {"author": UserFactory(), "reader": UserFactory()}
    for number, (state, moment, held, withdrawn) in enumerate(CASES):
        word = canary(number)
        stands = {"state": state, "moment": MOMENTS[moment], "held": held, "withdrawn_at": WITHDRAWN[withdrawn]}
        words = {"title": f"Title {word}", "summary": f"Summary {word}", "body": f"Body {word}."}
        more = {"slug": word, "change_note": f"Note {word}", "speech": number % 2 == 0}
        make_text(summit=summit, **people, **stands, **words, **more)
    return summit


def found(content: str) -> set[str]:
    return {hit.replace("-", "") for hit in CANARY.findall(content)}


def get(path: str) -> str:
    response = Client().get(path)
    return response.content.decode() if response.status_code == 200 else ""


def pages(ending: str, numbers: Iterable[int] = NEAR) -> Callable[[Summit], set[str]]:
    def look(summit: Summit) -> set[str]:
        seen, slugs = set(), [canary(number) for number in numbers]
        for text in Text.objects.filter(summit=summit, slug__in=slugs).select_related("summit"):
            response = Client().get(url_of(text)[:-1] + ending)
            assert response.status_code in (200, 404)
            if response.status_code == 200:
                content = response.content
                seen |= found(_words(content) if ending == ".pdf" else content.decode())
        return seen

    return look


def _words(content: bytes) -> str:
    reader = pypdf.PdfReader(io.BytesIO(content))
    return "".join(page.extract_text() for page in reader.pages) + str(reader.metadata)


def api_pages(summit: Summit) -> set[str]:
    base = f"/api/v1/summits/{summit.slug}/texts"
    return set().union(*(found(get(f"{base}/{canary(number)}/")) for number in FORMATTED))


def announced(summit: Summit) -> set[str]:
    announcements.announce_due()
    told = set().union(*(found(str(message.facts)) for message in Message.objects.filter(summit=summit)))
    rows = Announcement.objects.filter(edition__version__text__summit=summit)
    assert told == {row.edition.version.text.slug for row in rows.select_related("edition__version__text")}
    return told


def index(summit: Summit) -> set[str]:
    queries = ["", "?page=2", *(f"?kind={kind}" for kind in ("transcript", "statement", "notice"))]
    return found("".join(get(f"/{summit.slug}/press/{query}") for query in queries))


def searched(summit: Summit) -> set[str]:
    """Ask for words of each field, for texts' own and mistyped, and for all that the page offers to choose."""
    home = f"/{summit.slug}/press/"
    asked = ["?q=title", "?q=summary+body", "?q=titel"]
    for name, options in re.findall(r'<select id="(\w+)"(.*?)</select>', get(home), re.DOTALL):
        asked += [f"?{name}={value}" for value in re.findall(r'<option value="(\w+)"', options)]
    assert len(asked) == 7
    told = found("".join(map(get, (home + query for query in asked))))
    # What was looked for stands on its page: there the titles tell.
    titles = re.compile(r">Title (?:<mark>)?(canary\d+)")
    return told.union(*(titles.findall(get(f"{home}?q={canary(number)}")) for number in NEAR[::4]))


def fed(summit: Summit) -> set[str]:
    base = f"/{summit.slug}/press/feed"
    titles = r"<title>(?:Withdrawn: )?Title (canary\d+)</title>"
    hits = {hit for number in NEAR[::4] for hit in re.findall(titles, get(f"{base}.atom?q={canary(number)}"))}
    return hits | found("".join(get(f"{base}.json?kind={kind}") for kind in ("transcript", "statement")))


CHANNELS: dict[str, Callable[[Summit], set[str]]] = {
    "list": index,
    "search": searched,
    "narrowed feeds": fed,
    "page": pages("/"),
    "every page": pages("/", range(len(CASES))),
    **{ending: pages(f".{ending}", FORMATTED) for ending in ("txt", "pdf", "xml", "json")},
    "atom": lambda summit: found(get(f"/{summit.slug}/press/feed.atom")),
    "json feed": lambda summit: found(get(f"/{summit.slug}/press/feed.json")),
    "home": lambda summit: found(get(f"/{summit.slug}/")),
    "api list": lambda summit: found(get(f"/api/v1/summits/{summit.slug}/texts/?page_size=200")),
    "api page": api_pages,
    "announcement": announced,
}


LONG = {"every page": pytest.mark.broad("asks for the page of each text")}


@pytest.mark.parametrize("channel", [pytest.param(name, marks=LONG.get(name, ())) for name in CHANNELS])
def test_every_channel_shows_what_is_public_and_nothing_else(channel: str, summit: Summit) -> None:
    assert (len(CASES), len(NEAR), len(FORMATTED)) == (72, 15, 9)
    assert CHANNELS[channel](summit) == expected(announced=channel == "announcement")


def everything() -> QuerySet[Edition]:
    return Edition.objects.annotate(published_at=F("created_at"), first_published_at=F("created_at"))


def test_control_without_the_predicate_the_canaries_are_found(
    summit: Summit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(published_texts_selectors, "public_editions", everything)
    shown = {name: CHANNELS[name](summit) for name in ("txt", "atom", "api list")}
    assert [name for name, hits in shown.items() if not hits - expected()] == []
    assert shown["txt"] == {canary(number) for number in FORMATTED}
    assert shown["api list"] == {canary(number) for number in range(len(CASES))}


def test_a_summit_without_public_pages_shows_nothing(summit: Summit) -> None:
    Summit.objects.update(public=False)
    names = CHANNELS.keys() - {"every page", "search", "pdf"}
    assert [name for name in names if CHANNELS[name](summit)] == []
