"""What must stay hidden, asked for where it would be told first; then behind every route."""

import logging
import re
from itertools import cycle
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client

from press.published_texts import pinned_editions
from press.published_texts import selectors as published_texts_selectors
from press.published_texts.selectors import FORMATS
from press.subscriptions.services.announcements import announce_due
from press.texts.models.texts import Text
from press.texts.models.visibility import public_editions
from summit.audit.models import AuditEntry
from summit.outbox.models import Message
from summit.summits.models import Summit
from summit.webhooks.events import EVENTS, PING
from summit.webhooks.models.deliveries import Delivery
from tests.attack.crawler import CANARY, crawled, delegate, leaks, one_of_each, routes, told_by_mail
from tests.attack.hidden_content import CORRECTION, LANGUAGES, STATES, canary, confide, hidden_texts, readers
from tests.clients import signed_in
from tests.factories import EndpointFactory, SummitFactory
from tests.module_fixtures import once_a_module
from tests.press.helpers import officer
from tests.press.test_visibility import everything

pytestmark = pytest.mark.django_db
every_route = pytest.mark.broad("walks over every route for every reader: minutes")

EMBARGOED = list(STATES).index("under embargo")


@once_a_module
def summit() -> Summit:
    """Return a summit with texts in every state that nobody may read."""
    return hidden_texts()


def channels(summit: Summit) -> list[str]:
    """Return where everybody reads: lists, feeds, searches, a text under embargo and one with a draft correction."""
    base = f"/{summit.slug}/press/"
    lists = [base, f"/{summit.slug}/", f"{base}feed.atom", f"{base}feed.json", f"{base}sitemap.xml"]
    lists += [f"{base}?q=zqcanary", f"/api/v1/summits/{summit.slug}/texts/"]
    texts = [f"{base}{slug}/" for slug in (f"{canary(EMBARGOED, 25)}-text", "open-text")]
    pages = [text + rest for text in texts for rest in ("", "fr/", "edition/1/", "edition/2/", "comparison/")]
    pages += [f"{texts[1][:-1]}.{ending}" for ending in FORMATS] + [f"{texts[0][:-1]}.json"]
    pages += [f"{base}oembed?url={quote(settings.BASE_URL + text, safe='')}" for text in texts]
    return lists + pages


@pytest.mark.slow("reads every channel as a delegate and as a desk")
def test_no_channel_tells_a_delegate_or_another_desk(summit: Summit) -> None:
    text = Text.objects.get(slug=f"{canary(EMBARGOED, 25)}-text")
    desk = [
        "/admin/",
        "/admin/press/text/",
        f"/admin/press/text/{text.pk}/change/",
        "/admin/press/topic/",
        "/portal/",
    ]
    desk += [f"/api/v1/summits/{summit.slug}/desk/{name}/" for name in ("texts", "editions", "attachments")]
    who = readers(summit)
    assert leaks(Client(), channels(summit)) == {}
    assert {name: leaks(who[name], desk) for name in ("delegate", "desks")} == {"delegate": {}, "desks": {}}
    # The control: whoever may read them finds them there.
    assert len(leaks(signed_in(officer(summit)), desk)) == len(desk) - 1


def test_control_without_the_predicate_they_are_told(summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published_texts_selectors, "public_editions", everything)
    assert len(set().union(*leaks(Client(), channels(summit)[:4]).values())) > len(STATES)
    monkeypatch.setattr(pinned_editions, "published_editions", everything)
    found = leaks(Client(), [f"/{summit.slug}/press/open-text/edition/2/"])
    assert canary(CORRECTION, 2).encode() in set().union(*found.values())


def test_nobody_is_written_to_about_what_is_not_out(summit: Summit) -> None:
    announce_due()
    assert Message.objects.filter(kind="publication").count() == 1
    assert told_by_mail() == set()
    audited = str(list(AuditEntry.objects.values_list("detail", "fields", "action")))
    assert CANARY.findall(audited.encode()) == []
    assert mail.outbox == []


def test_no_other_system_is_told_a_word_or_of_what_is_not_out(summit: Summit, settings: Any) -> None:
    settings.WEBSUB_HUB = "https://hub.example/"
    EndpointFactory(summit=summit, events=sorted(EVENTS))
    announce_due()
    told = Delivery.objects.exclude(event=PING)
    assert list(told.values_list("event", flat=True)) == ["text.published"]
    pings = str(list(Delivery.objects.filter(event=PING).values_list("data", flat=True)))
    assert "language=en" in pings
    assert "language=fr" not in pings
    stored = str(list(Delivery.objects.values_list("data", "subject_key")))
    assert CANARY.findall(stored.encode()) == []


def test_what_was_removed_says_so_and_nothing_of_itself(summit: Summit) -> None:
    slug = Text.objects.get(removed_at__isnull=False).slug
    for ending in ("/", ".json", "/fr/", "/edition/1/"):
        answer = Client().get(f"/{summit.slug}/press/{slug}{ending}")
        assert (answer.status_code, b"It named a person." in answer.content) == (410, True)


# Public answers know nobody (test_site, test_views): whoever is signed in walks what knows them.
PERSONAL = ("/portal/", "/accounts/", "/i/")
# The desk opens to desks alone (tests/routes).
DESK = "/admin/"
# The lists of the API that desks work with, which know who asks; their rows are asked for in tests/routes.
PUBLIC = [route for route in routes() if not f"/{route}".startswith((*PERSONAL, DESK)) and "/desk/" not in route]
LISTS = re.compile(r"/api/v1/summits/[^/]+/desk/[^/]+/\Z")


def asked(summit: Summit) -> list[str]:
    """Return the addresses of lists with queries, and of what quotes a text."""
    base = f"/{summit.slug}/press/"
    queries = [f"?lang={code}" for code in LANGUAGES] + ["?page=2", "?page=-1", "?page=last"]
    queries += [f"?kind={kind}" for kind in ("transcript", "statement", "x")] + ["?state=draft"]
    # Whoever guesses a word learns from no search whether it stands somewhere.
    queries += [f"?{name}=zqcanary" for name in ("q", "search", "topic", "session", "speaker", "country")]
    queries += ["?ordering=body", "?ordering=-title", "?language=fr", "?from=2020-01-01&to=2040-01-01"]
    lists = [base, f"/{summit.slug}/", f"{base}feed.atom", f"{base}feed.json", f"{base}sitemap.xml"]
    lists += [f"/api/v1/summits/{summit.slug}/texts/", "/admin/press/text/"]
    # What quotes a paragraph is asked by the whole address of each text, and of an edition.
    texts = [f"{settings.BASE_URL}{base}{slug}/" for slug in Text.objects.values_list("slug", flat=True)]
    texts += [text + rest for text in texts for rest in ("fr/", "edition/1/", "edition/2/")]
    quotes = [f"{base}oembed?url={quote(text + anchor, safe='')}" for text in texts for anchor in ("", "#p-1")]
    homes = [f"{home}?lang={code}" for home in ("/admin/", "/portal/") for code in LANGUAGES[1:]]
    # The list of texts is asked for all of it, each other one for some.
    others = zip(cycle(lists[1:]), [*queries, *queries], strict=False)
    return [base + query for query in queries] + [path + query for path, query in others] + homes + quotes


@every_route
@pytest.mark.parametrize("reader", ["anybody", "delegate", "journalist", "desks"])
def test_no_route_tells_anybody_of_what_is_not_out(
    reader: str, summit: Summit, caplog: pytest.LogCaptureFixture
) -> None:
    known = [route for route in routes() if route not in set(PUBLIC)]
    if reader == "anybody":
        # Whoever isn't signed in is led away from all other pages, whatever they would show.
        paths = crawled(summit, PUBLIC) + one_of_each(summit, known) + asked(summit)
    else:
        own = [route for route in known if f"/{route}".startswith(PERSONAL + (DESK,) * (reader == "desks"))]
        # Where a text or a session is picked all are asked for, elsewhere one.
        picking = [route for route in own if re.search("press/text|session|agenda", route)]
        paths = crawled(summit, picking) + one_of_each(summit, set(own) - set(picking))
        paths += [path for path in one_of_each(summit, known) + asked(summit) if LISTS.match(path)]
    assert len(paths) > (1000 if reader in ("anybody", "desks") else 150)
    with caplog.at_level(logging.DEBUG, logger="django.request"):
        assert leaks(readers(summit)[reader], paths) == {}
    # What readers typed into an address is logged with it, and nothing else of a text is.
    logged = {found for line in caplog.messages for found in CANARY.findall(line.encode())}
    assert {found for found in logged if found[9:10] not in b"gz"} == set()
    print(f"{len(routes())} routes, {len(STATES) + 3} states, {reader}: {len(paths)} answers read")


@every_route
def test_neither_parts_nor_conditions_tell(summit: Summit) -> None:
    def answer(path: str, method: str = "get", **headers: str) -> tuple[int, dict[str, str], bytes]:
        response = getattr(Client(), method)(path, headers=headers)
        return response.status_code, dict(response.items()), bytes(response.content)

    ways = [{"if-none-match": "*"}, {"if-none-match": '"x"'}, {"range": "bytes=0-10"}, {"accept": "application/json"}]
    gone = Text.objects.get(removed_at__isnull=False).slug
    endings = ["/", *(f".{ending}" for ending in FORMATS), "/fr/", "/fr.json", "/edition/1/", "/edition/2/"]
    hidden = Text.objects.exclude(slug__in=("open-text", gone)).values_list("slug", flat=True)
    # The page is asked in each way, and each of the others in one.
    others = zip(endings[1:], cycle(ways), strict=False)
    for ending, headers in [*((endings[0], way) for way in ways), *others]:
        nowhere = answer(f"/{summit.slug}/press/never-written{ending}", **headers)
        assert nowhere[0] == 404
        for slug in hidden:
            code, head, body = answer(f"/{summit.slug}/press/{slug}{ending}", **headers)
            assert (code, head, body.replace(slug.encode(), b"never-written")) == nowhere
    for slug, ending in zip(hidden, cycle(endings), strict=False):
        assert answer(f"/{summit.slug}/press/{slug}{ending}", "head")[::2] == (404, b"")


@every_route
def test_control_the_walk_knows_each_field_of_each_state(summit: Summit) -> None:
    """The officers of the press desk, who read all of it, find the canaries."""
    paths = crawled(summit)
    desk = [path for path in paths if re.fullmatch(r"/admin/press/text/\d+/", path)]
    found = set().union(*leaks(signed_in(officer(summit)), desk).values())
    assert {canary(state, field).encode() for state in range(len(STATES)) for field in (0, 1, 2, 5)} <= found
    lists = [path for path in paths if LISTS.match(path)]
    found = set().union(*leaks(signed_in(officer(summit)), lists).values())
    assert {canary(state, field).encode() for state in range(len(STATES)) for field in (*range(4), 5, 6)} <= found
    assert public_editions().count() == 1


@every_route
def test_no_route_tells_others_of_confidential_sessions() -> None:
    summit = SummitFactory(public_changes=True)
    inside, outside = confide(summit)
    portal = crawled(summit, [route for route in routes() if f"/{route}".startswith(PERSONAL)])
    portal += [f"{path}?show=all" for path in ("/portal/agenda/", "/portal/changes/")]
    # Public pages are the same for everybody, and whoever works at no desk is led away from all of it.
    desk = one_of_each(summit, [route for route in routes() if route.startswith("admin/") or "/desk/" in route])
    public = crawled(summit, PUBLIC) + [f"/{summit.slug}/agenda/?lang={code}" for code in LANGUAGES]
    assert leaks(Client(), public + desk) == {}
    assert leaks(signed_in(delegate(outside)), portal + desk) == {}
    # What desks work with is theirs: press officers read the organisers' draft there.
    assert leaks(signed_in(officer(summit)), portal) == {}
    # The control: whoever takes part finds them.
    assert leaks(signed_in(delegate(inside)), [path for path in portal if path.startswith("/portal/agenda/")]) != {}


def test_whoever_takes_part_finds_it_but_not_what_is_for_organisers() -> None:
    summit = SummitFactory(public_changes=True)
    inside, outside = confide(summit)
    portal = ["/portal/agenda/", "/portal/agenda/?show=all", "/portal/changes/", "/portal/"]
    public = [f"/{summit.slug}/{rest}" for rest in ("", "agenda/", "agenda/?lang=ar", "agenda/changes/", "press/")]
    public += [f"/api/v1/summits/{summit.slug}/{name}/" for name in ("agenda", "texts")]
    assert leaks(Client(), public) == leaks(signed_in(delegate(outside)), portal) == {}
    # The control.
    assert set().union(*leaks(signed_in(delegate(inside)), portal).values()) == {b"zqcanaryxae"}
