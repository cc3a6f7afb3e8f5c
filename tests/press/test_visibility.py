"""The predicate against every way out: each text in every state, with a canary of its own, found or not."""

import io
import itertools
import re
from collections.abc import Callable
from typing import Any

import pypdf
import pytest
from django.db.models import F, QuerySet
from django.test import Client

from press import reading
from press.desk import with_standing
from press.domain import announce
from press.models import Announcement, Edition, EditionState, Text
from summit.models import Summit
from summit.outbox.models import Message
from tests.factories import SubscriberFactory, SummitFactory, TextVersionFactory, UserFactory
from tests.press.helpers import add_edition, ago, make_text, url_of

pytestmark = pytest.mark.django_db

MOMENTS = {"none": None, "future": ago(-5), "past": ago(5)}
WITHDRAWN = {"no": None, "early": ago(6), "late": ago(1)}
CASES = list(itertools.product(EditionState.values, MOMENTS, (False, True), WITHDRAWN))
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


@pytest.fixture
def summit() -> Summit:
    summit: Summit = SummitFactory()
    SubscriberFactory(summit=summit)
    people = {"author": UserFactory(), "reader": UserFactory()}
    for number, (state, moment, held, withdrawn) in enumerate(CASES):
        word = canary(number)
        make_text(
            **people,
            summit=summit,
            state=state,
            moment=MOMENTS[moment],
            held=held,
            withdrawn_at=WITHDRAWN[withdrawn],
            speech=number % 2 == 0,
            slug=word,
            title=f"Title {word}",
            summary=f"Summary {word}",
            body=f"Body {word}.",
            change_note=f"Note {word}",
        )
    return summit


def found(content: str) -> set[str]:
    return {hit.replace("-", "") for hit in CANARY.findall(content)}


def get(path: str) -> str:
    response = Client().get(path)
    return response.content.decode() if response.status_code == 200 else ""


def pages(ending: str) -> Callable[[Summit], set[str]]:
    def look(summit: Summit) -> set[str]:
        seen = set()
        for text in Text.objects.filter(summit=summit).select_related("summit"):
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
    texts = Text.objects.filter(summit=summit)
    return set().union(*(found(get(f"/api/v1/summits/{summit.slug}/texts/{text.slug}/")) for text in texts))


def announced(summit: Summit) -> set[str]:
    announce.announce_due()
    told = set().union(*(found(str(message.facts)) for message in Message.objects.filter(summit=summit)))
    rows = Announcement.objects.filter(edition__version__text__summit=summit)
    assert told == {row.edition.version.text.slug for row in rows.select_related("edition__version__text")}
    return told


def index(summit: Summit) -> set[str]:
    contents = [get(f"/{summit.slug}/press/?page={page}") for page in range(1, 6)]
    contents += [get(f"/{summit.slug}/press/?kind={kind}") for kind in ("transcript", "statement", "notice")]
    return found("".join(contents))


def searched(summit: Summit) -> set[str]:
    """Ask for words of each field, for each text's own and mistyped, and for all that the page offers to choose."""
    home = f"/{summit.slug}/press/"
    asked = [f"?q={word}&page={page}" for word in ("title", "summary+body", "titel") for page in (1, 2)]
    offered = set(re.findall(r'<option value="(\w+)"', get(home)))
    asked += [
        f"?{name}={value}" for name in ("kind", "speaker", "party", "language") for value in sorted(offered)[:6]
    ]
    told = found("".join(map(get, (home + query for query in asked))))
    # What was looked for stands on its page: there the titles tell.
    titles = re.compile(r">Title (?:<mark>)?(canary\d+)")
    return told.union(*(titles.findall(get(f"{home}?q={canary(number)}")) for number in range(0, len(CASES), 6)))


def fed(summit: Summit) -> set[str]:
    base = f"/{summit.slug}/press/feed"
    asked = [f"?q={canary(number)}" for number in range(0, len(CASES), 3)]
    titles = r"<title>(Withdrawn: )?Title (canary\d+)</title>"
    hits = {hit for query in asked for _mark, hit in re.findall(titles, get(f"{base}.atom{query}"))}
    return hits | found("".join(get(f"{base}.json?kind={kind}") for kind in ("transcript", "statement")))


CHANNELS: dict[str, Callable[[Summit], set[str]]] = {
    "list": index,
    "search": searched,
    "narrowed feeds": fed,
    "page": pages("/"),
    "txt": pages(".txt"),
    "pdf": pages(".pdf"),
    "xml": pages(".xml"),
    "json": pages(".json"),
    "atom": lambda summit: found(get(f"/{summit.slug}/press/feed.atom")),
    "json feed": lambda summit: found(get(f"/{summit.slug}/press/feed.json")),
    "home": lambda summit: found(get(f"/{summit.slug}/")),
    "api list": lambda summit: found(get(f"/api/v1/summits/{summit.slug}/texts/?page_size=200")),
    "api page": api_pages,
    "announcement": announced,
}


@pytest.mark.parametrize("channel", CHANNELS)
def test_every_channel_shows_what_is_public_and_nothing_else(channel: str, summit: Summit) -> None:
    assert len(CASES) == 72
    assert CHANNELS[channel](summit) == expected(announced=channel == "announcement")


def everything() -> QuerySet[Edition]:
    return Edition.objects.annotate(published_at=F("created_at"), first_published_at=F("created_at"))


@pytest.mark.once
@pytest.mark.parametrize("channel", [name for name in CHANNELS if name != "pdf"])
def test_control_without_the_predicate_the_canaries_are_found(
    channel: str, summit: Summit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announce if channel == "announcement" else reading, "public_editions", everything)
    shown = CHANNELS[channel](summit)
    assert shown - expected()
    if channel not in ("search", "narrowed feeds", "home", "atom", "json feed", "announcement"):  # these have an end
        assert shown == {canary(number) for number in range(len(CASES))}


def test_a_summit_without_public_pages_shows_nothing(summit: Summit) -> None:
    Summit.objects.update(public=False)
    assert {name: look(summit) for name, look in CHANNELS.items()} == {name: set() for name in CHANNELS}


@pytest.mark.parametrize("state", [s for s in EditionState.values if s != EditionState.APPROVED])
def test_a_correction_in_the_making_leaks_nowhere(state: str) -> None:
    summit = SummitFactory()
    SubscriberFactory(summit=summit)
    edition = make_text(summit=summit, moment=ago(5), slug="canary000", body="Read canary000.")
    before = _all_bytes(summit, edition.version.text)
    add_edition(
        edition.version,
        state=state,
        title="Title canary001",
        summary="canary001",
        body="canary001",
        change_note="canary001",
    )
    french = TextVersionFactory(text=edition.version.text, language="fr", authoritative=False)
    add_edition(french, state=state, title="canary001", body="canary001")
    assert _all_bytes(summit, edition.version.text) == before
    assert announced(summit) == {"canary000"}
    assert Client().get(url_of(edition.version.text) + "fr/").status_code == 404


def _all_bytes(summit: Summit, text: Text) -> dict[str, bytes]:
    base = url_of(text)[:-1]
    paths = [base + ending for ending in ("/", ".txt", ".pdf", ".xml", ".json")]
    paths += [f"/{summit.slug}/", f"/{summit.slug}/press/", f"/{summit.slug}/press/feed.atom"]
    paths += [f"/{summit.slug}/press/feed.json", f"/api/v1/summits/{summit.slug}/texts/"]
    paths += [f"/api/v1/summits/{summit.slug}/texts/{text.slug}/{more}" for more in ("", "editions/1/")]
    answers = {path: Client().get(path) for path in paths}
    assert {answer.status_code for answer in answers.values()} == {200}
    return {path: answer.content for path, answer in answers.items()}


def test_an_approved_correction_replaces_what_was_read() -> None:
    edition = make_text(moment=ago(5), body="Old words.")
    add_edition(edition.version, decided_at=ago(1), body="New words.", change_note="A figure was wrong.")
    page = get(url_of(edition.version.text))
    assert "New words." in page
    assert "Old words." not in page
    assert page.count("A figure was wrong.") == 3  # in the banner, in the history, for machines
    assert "First published" in page


STANDINGS: list[tuple[dict[str, Any], str]] = [
    ({"state": "draft", "moment": ago(1)}, "draft"),
    ({"state": "in_review", "moment": ago(1)}, "in_review"),
    ({"state": "changes_asked"}, "changes_asked"),
    ({}, "unscheduled"),
    ({"moment": ago(-1)}, "under_embargo"),
    ({"moment": ago(1)}, "published"),
    ({"moment": ago(1), "held": True}, "held"),
    ({"moment": ago(1), "withdrawn_at": ago(0.5)}, "withdrawn"),
]


@pytest.mark.parametrize(("values", "name"), STANDINGS)
def test_standing_is_derived(values: dict[str, Any], name: str) -> None:
    edition = make_text(**values)
    row: Any = with_standing(Text.objects.all()).get()
    assert (row.standing, row.title) == (name, edition.title)
