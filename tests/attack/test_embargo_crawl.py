"""What must stay hidden, looked for behind every route that there is: bodies and headers, whatever is asked for."""

import io
import itertools
import re
from collections.abc import Iterator
from typing import Any

import pypdf
import pytest
from django.contrib import admin
from django.db.models import F, QuerySet
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from delegations.models import Party
from press import reading
from press.models import Edition, EditionState, Text
from press.reading import FORMATS
from sessions.domain import releases
from sessions.models import Session, Visibility
from summit.models import Role, Summit, User
from summit.outbox.models import Message
from tests.factories import (
    FocalPointFactory,
    InvitationFactory,
    MembershipFactory,
    PartyFactory,
    PersonFactory,
    SubscriberFactory,
    SummitFactory,
    TextVersionFactory,
    UserFactory,
)
from tests.press.helpers import add_edition, ago, make_text, officer
from tests.sessions.conftest import session

pytestmark = pytest.mark.django_db

# The letters after it are the state and the field. Long, since tokens and ids hold short words by chance.
CANARY = re.compile(rb"zqcanary[a-z]{2}")
STATES: dict[str, dict[str, Any]] = {
    "draft": {"state": EditionState.DRAFT, "moment": ago(5)},
    "in review": {"state": EditionState.IN_REVIEW, "moment": ago(5)},
    "changes asked": {"state": EditionState.CHANGES_ASKED, "moment": ago(5)},
    "under embargo": {"moment": ago(-5)},
    "unscheduled": {},
    "held": {"moment": ago(5), "held": True},
    "withdrawn before": {"moment": ago(5), "withdrawn_at": ago(6)},
}
FIELDS = ("title", "summary", "body", "change_note")
EVERY_LANGUAGE = ("en", "fr", "ar")
NOBODY = "0000000000000000"


def words(state: int) -> dict[str, str]:
    """Return the words of a text, each field with a canary of its own."""
    letter = chr(ord("a") + state)
    return {field: f"Words zqcanary{letter}{chr(ord('a') + n)}" for n, field in enumerate(FIELDS)}


def hide(summit: Summit) -> None:
    """Make texts in every state that nobody may read, and others under what everybody may."""
    for number, values in enumerate(STATES.values()):
        slug = f"zqcanary{chr(ord('a') + number)}z-text"
        edition = make_text(summit=summit, slug=slug, speech=number % 2 == 0, **values, **words(number))
        french = TextVersionFactory(text=edition.version.text, language="fr", authoritative=False)
        add_edition(french, state=values.get("state", EditionState.APPROVED), **words(number))
    public = make_text(summit=summit, slug="open-text", moment=ago(5), title="Open", body="Open")
    add_edition(public.version, state=EditionState.IN_REVIEW, **words(20))
    arabic = TextVersionFactory(text=public.version.text, language="ar", authoritative=False)
    add_edition(arabic, state=EditionState.DRAFT, **words(21))


def routes() -> list[str]:
    """Return every route of the resolver, as it is written, with its prefixes."""

    def walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[str]:
        for entry in patterns:
            route = prefix + str(entry.pattern)
            if isinstance(entry, URLResolver):
                yield from walk(entry.url_patterns, route)
            else:
                yield route

    return list(dict.fromkeys(walk(get_resolver().url_patterns, "")))


PART = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^()]*\)")


def filled(route: str, summit: Summit) -> list[str]:
    """Return the route's addresses, each part filled with all real objects that could stand there."""
    slugs = list(Text.objects.values_list("slug", flat=True))
    sessions = list(Session.objects.values_list("public_id", flat=True))
    messages = list(Message.objects.values_list("public_id", flat=True)[:1]) or [NOBODY]
    keys = [
        str(key)
        for key in (*Text.objects.values_list("pk", flat=True), *Session.objects.values_list("pk", flat=True))
    ]
    values = {
        "summit": [summit.slug],
        "slug": slugs,
        "language": list(EVERY_LANGUAGE),
        "ending": list(FORMATS),
        "public_id": messages if route.startswith("dev/") else [*sessions, NOBODY],
        "object_id": sorted(set(keys)) if "press/text" in route or "programme/session" in route else keys[:1],
        "pk": sorted(set(keys)),
        "app_label": ["press", "programme"],
    }
    plain = route.replace("\\Z", "").replace("^", "").replace("$", "").replace("\\.", ".").replace(".*", "x")
    names = [match.group(1) or match.group(2) for match in PART.finditer(plain)]
    choices = itertools.product(*(values.get(name, ["x"]) for name in names))
    return ["/" + _put(plain, dict(zip(names, choice, strict=True))) for choice in choices]


def _put(route: str, choice: dict[str, str]) -> str:
    return PART.sub(lambda match: choice[match.group(1) or match.group(2)], route)


def visible(response: Any, path: str) -> bytes:
    """Return all that an answer tells, without the address that the reader named."""
    head = "\n".join(f"{name}: {value}" for name, value in response.items())
    body = b"".join(response.streaming_content) if response.streaming else bytes(response.content)
    if body.startswith(b"%PDF-"):
        document = pypdf.PdfReader(io.BytesIO(body))
        body = ("".join(page.extract_text() for page in document.pages) + str(document.metadata)).encode()
    told = head.encode() + b"\n" + body
    for part in CANARY.findall(path.encode()):
        told = told.replace(part + b"-text", b"")
    return told


@pytest.fixture
def summit() -> Summit:
    made: Summit = SummitFactory(public_changes=True)
    SubscriberFactory(summit=made)
    return made


def sign_in(user: User) -> Client:
    client = Client(raise_request_exception=True)
    client.force_login(user)
    return client


def delegate(party: Party) -> User:
    person = PersonFactory(summit=party.summit, user=UserFactory())
    MembershipFactory(party=party, person=person)
    return person.user


def readers(summit: Summit) -> dict[str, Client]:
    """Return who may not read ahead: anybody, a delegate, and each desk that has nothing to do with the press."""
    party = PartyFactory(summit=summit)
    InvitationFactory(party=party)
    desks = {role: sign_in(UserFactory.with_role(role, summit)) for role in (Role.PROTOCOL, Role.PROGRAMME)}
    elsewhere = officer(SummitFactory())
    return {
        "anybody": Client(),
        "delegate": sign_in(delegate(party)),
        "officer elsewhere": sign_in(elsewhere),
        **{str(role): client for role, client in desks.items()},
    }


# The development mailbox shows every mail to whoever runs the machine; it is never routed in production.
def crawled(summit: Summit) -> list[str]:
    return sorted({path for route in routes() if not route.startswith("dev/") for path in filled(route, summit)})


def asked(summit: Summit) -> list[str]:
    base = f"/{summit.slug}/press/"
    queries = [f"?lang={code}" for code in EVERY_LANGUAGE] + ["?page=2", "?page=-1", "?page=last"]
    queries += [f"?kind={kind}" for kind in ("transcript", "statement", "x")] + ["?state=draft", "?q=zqcanary"]
    lists = [base, f"/{summit.slug}/", f"{base}feed.atom", f"{base}feed.json", f"{base}sitemap.xml"]
    lists += [f"/api/v1/summits/{summit.slug}/texts/", "/admin/press/text/", "/admin/", "/portal/"]
    return [path + query for path in lists for query in queries]


def leaks(client: Client, paths: list[str]) -> dict[str, set[bytes]]:
    """Return where a reader finds a canary."""
    found = {}
    for path in paths:
        answer = client.get(path)
        assert answer.status_code < 500, path
        if seen := set(CANARY.findall(visible(answer, path))):
            found[path] = seen
    return found


@pytest.mark.once
def test_no_route_tells_anybody_of_what_is_not_out(summit: Summit) -> None:
    hide(summit)
    paths = crawled(summit) + asked(summit)
    # Public answers know nobody (test_site, test_views): one reader who is signed in walks them again.
    personal = [path for path in paths if path.startswith(("/admin/", "/portal/", "/accounts/", "/i/"))]
    slow = {"/api/v1/schema/", "/api/v1/docs/"}
    everybody = readers(summit)
    walks = {
        name: [path for path in paths if path not in slow] if name == "delegate" else personal for name in everybody
    }
    walks["anybody"] = paths
    assert {name: leaks(everybody[name], walk) for name, walk in walks.items()} == {name: {} for name in everybody}
    hidden, tried = len(STATES) + 2, sum(map(len, walks.values()))
    print(f"{len(routes())} routes, {hidden} states, {len(everybody)} readers: {tried} answers read")
    assert len(paths) > 250


def test_neither_parts_nor_conditions_tell(summit: Summit) -> None:
    hide(summit)
    ways: list[dict[str, str]] = [
        {"if-none-match": "*"},
        {"if-none-match": '"x"'},
        {"range": "bytes=0-10"},
        {"accept": "application/json"},
    ]
    endings = ["/", *(f".{ending}" for ending in FORMATS), "/fr/", "/fr.json"]
    for slug, ending in itertools.product(
        Text.objects.exclude(slug="open-text").values_list("slug", flat=True), endings
    ):
        path = f"/{summit.slug}/press/{slug}{ending}"
        nowhere = Client().get(f"/{summit.slug}/press/never-written{ending}")
        for headers in ways:
            answer = Client().get(path, headers=headers)
            assert answer.status_code == 404
            assert dict(answer.items()) == dict(nowhere.items())
            assert bytes(answer.content).replace(slug.encode(), b"never-written") == bytes(nowhere.content)
        head = Client().head(path)
        assert (head.status_code, bytes(head.content)) == (404, b"")


def everything() -> QuerySet[Edition]:
    return Edition.objects.annotate(published_at=F("created_at"), first_published_at=F("created_at"))


def test_control_one_channel_without_the_predicate_is_found(summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    hide(summit)
    monkeypatch.setattr(reading, "public_editions", everything)
    found = leaks(Client(), asked(summit))
    assert len(set().union(*found.values())) > len(STATES)
    assert leaks(sign_in(officer(summit)), ["/admin/press/text/"])  # whoever may read it finds it


# --- sessions -------------------------------------------------------------------------------------------------------
HIDDEN = (Visibility.PARTICIPANTS, Visibility.ORGANISERS)


def confide(summit: Summit) -> tuple[Party, Party]:
    """Release an agenda with sessions that only some may know of; return who takes part and who doesn't."""
    inside, outside = PartyFactory(summit=summit), PartyFactory(summit=summit)
    organiser = UserFactory.with_role(Role.ORGANISER, summit)
    for party in (inside, outside):
        FocalPointFactory(party=party)
    rows = [
        session(
            summit,
            inside,
            visibility=visibility,
            title=f"Talks zqcanary{letter}a",
            summary=f"About zqcanary{letter}b",
        )
        for visibility, letter in zip(HIDDEN, "xy", strict=True)
    ]
    session(summit, inside, outside, visibility=Visibility.PUBLIC, title="Open")
    releases.release(summit=summit, by=organiser, tell=False)
    for row in rows:
        Session.objects.filter(pk=row.pk).update(ends_at=F("ends_at") + (row.ends_at - row.starts_at))
    Session.objects.filter(title="Open").update(title="Open still")
    releases.release(summit=summit, by=organiser)
    return inside, outside


def test_no_route_tells_others_of_confidential_sessions(summit: Summit) -> None:
    _inside, outside = confide(summit)
    paths = [path for path in crawled(summit) if not path.startswith("/admin/")]
    paths += [f"{path}?show=all" for path in ("/portal/agenda/", "/portal/changes/")]
    paths += [f"/{summit.slug}/agenda/?lang={code}" for code in EVERY_LANGUAGE]
    everybody = {
        "anybody": Client(),
        "another delegate": sign_in(delegate(outside)),
        "officer": sign_in(officer(summit)),
    }
    assert {name: leaks(client, paths) for name, client in everybody.items()} == {name: {} for name in everybody}
    desk = ["/admin/", *(p for p in crawled(summit) if p.startswith("/admin/programme/"))]
    assert leaks(everybody["another delegate"], desk) == {}


def test_control_who_takes_part_finds_it_but_not_what_is_for_organisers(summit: Summit) -> None:
    inside, _outside = confide(summit)
    found = leaks(sign_in(delegate(inside)), ["/portal/agenda/", "/portal/changes/", "/portal/"])
    assert set().union(*found.values()) == {b"zqcanaryxa"}


def test_mails_and_calendars_of_others_do_not_tell(summit: Summit) -> None:
    inside, outside = confide(summit)
    told = {
        party.pk: set(
            CANARY.findall(str(Message.objects.filter(address=party.mission_email).values_list("facts")).encode())
        )
        for party in (inside, outside)
    }
    everything_sent = str(list(Message.objects.values_list("address", "facts")))
    assert "zqcanaryy" not in everything_sent
    mine = [
        address for address, facts in Message.objects.values_list("address", "facts") if "zqcanaryx" in str(facts)
    ]
    theirs = set(outside.focal_points.values_list("person__email", flat=True)) | {outside.mission_email}
    assert mine
    assert not set(mine) & theirs
    assert told[outside.pk] == set()


def test_a_confidential_session_is_like_one_that_never_was(summit: Summit) -> None:
    _inside, outside = confide(summit)
    client = sign_in(delegate(outside))
    bases = [f"/{summit.slug}/agenda/", f"/api/v1/summits/{summit.slug}/agenda/", "/portal/agenda/"]
    for base, row in itertools.product(bases, Session.objects.filter(visibility__in=HIDDEN)):
        there, nowhere = client.get(f"{base}{row.public_id}/"), client.get(f"{base}{NOBODY}/")
        assert (there.status_code, nowhere.status_code) == (404, 404)
        assert dict(there.items()) == dict(nowhere.items())
        assert bytes(there.content).replace(row.public_id.encode(), NOBODY.encode()) == bytes(nowhere.content)


def test_the_walk_reaches_what_there_is(summit: Summit) -> None:
    hide(summit)
    paths = set(crawled(summit))
    text = Text.objects.get(slug="open-text")
    for name, args in (
        ("press:text", [summit.slug, text.slug]),
        ("press:language-export", [summit.slug, text.slug, "ar", "pdf"]),
        ("press:atom", [summit.slug]),
        ("agenda:schedule_xml", [summit.slug]),
        ("admin:press_text_change", [text.pk]),
        ("portal:home", []),
        ("api-root", []),
    ):
        assert reverse(name, args=args) in paths, name
    assert any(model._meta.app_label == "press" for model in admin.site._registry)
